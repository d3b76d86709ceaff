// Where a client's proxy comes from: the environment, and what the client's own configuration says.

/** Programs with proxy settings of their own. */
export const PROXY_TOOLS = ['pip', 'conda', 'git', 'npm', 'curl'] as const;
export type ProxyTool = (typeof PROXY_TOOLS)[number];

/** What one program's own configuration says about proxies. */
export interface OwnProxy {
  /** '' = none, whatever the environment says. */
  readonly value: string;
  /** Where it stands, as a person would look for it: `proxy in ~/.npmrc`. */
  readonly from: string;
  /**
   * Which of the environment's variables it outweighs. `all`: every one. `catch-all`: only all_proxy, so https_proxy wins
   * (requests merges its session's proxies under the environment's).
   */
  readonly over: 'all' | 'catch-all' | 'none';
  /** Do the hosts of no_proxy go around this proxy too? */
  readonly excepts: boolean;
}

export interface ProxySettings {
  /** --proxy: a URL, null for `none`, undefined for the settings below. */
  readonly option: string | null | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the environment is read: as requests does (pip and conda use it), as libcurl does (git too), as npm does. */
  readonly rules: 'requests' | 'curl' | 'npm';
  readonly own: OwnProxy | null;
  /** A list of hosts in the program's own configuration, which takes the place of no_proxy (npm: stands beside it). */
  readonly exceptions: { readonly value: string; readonly from: string } | null;
}
