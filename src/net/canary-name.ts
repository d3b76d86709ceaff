// How a host to compare with is written: HOST[:PORT][@CONNECT], as --canary takes it.

export interface CanaryName {
  /** The name that is asked for: SNI, and what its certificate should say. */
  readonly host: string;
  readonly port: number;
  /** Where the connection goes instead; null = to the host itself. */
  readonly connect: { readonly host: string; readonly port: number } | null;
}

/** Reads one; null when it is none. CONNECT is HOST[:PORT], its port the canary's when none is given. */
export function readCanary(text: string): CanaryName | null {
  const [asked = '', connect, ...rest] = text.split('@');
  const end = readEnd(asked, 443);
  if (!end || rest.length > 0) return null;
  if (connect === undefined) return { ...end, connect: null };
  const to = readEnd(connect, end.port);
  return to && { ...end, connect: to };
}

function readEnd(text: string, otherwise: number): { readonly host: string; readonly port: number } | null {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]\s/]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? otherwise : Number(match[3]);
  return host && port >= 1 && port <= 65_535 ? { host, port } : null;
}
