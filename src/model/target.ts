/** How the target's connection begins: TLS at once, or a plain-text dialect that is asked to upgrade. */
export type StartTls = 'smtp' | 'imap' | 'pop3' | 'ftp' | 'ldap' | 'xmpp' | 'postgres' | 'mysql';

/** What to connect to, read from what the person gave. */
export interface Target {
  /** What the person gave, untouched (but for passwords, which are masked at once). */
  readonly input: string;
  readonly url: string;
  /** A-label (RFC 5890) or bare IP literal, without brackets. A trailing dot is kept: clients judge it differently. */
  readonly host: string;
  readonly port: number;
  /** The SNI to send; null for an IP literal (RFC 6066 §3). */
  readonly serverName: string | null;
  readonly starttls: StartTls | null;
  /** The proxy the connection goes through, without credentials; null = direct. Filled in once the route is known. */
  readonly via: string | null;
}
