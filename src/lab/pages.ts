// What certificates point to, on one plain-http server: issuers to fetch (AIA), OCSP responders, CRLs, each as it should
// be or as nobody should trust it to be.
import { createServer, type ServerResponse } from 'node:http';
import { int, oid, seq, set, tagged } from './der.ts';
import type { Pki } from './pki.ts';
import { type CrlPlan, makeCrl, makeOcsp, type OcspPlan } from './revocation.ts';
import { type Listening, listen } from './servers.ts';

/** One page. Of what it may hold, one thing is given. */
export interface PagePlan {
  /** A certificate, for AIA. */
  readonly certificate?: string;
  readonly as?: 'der' | 'pem' | 'pkcs7' | 'pkcs7-pem';
  readonly ocsp?: OcspPlan;
  readonly crl?: CrlPlan;
  /** `{name}` is another page's address. */
  readonly redirect?: string;
  /** Text as it stands. */
  readonly text?: string;
  /** `endless` never stops sending, `drip` sends an octet now and then, `silent` says nothing, `huge` announces and sends 40 MB. */
  readonly manner?: 'endless' | 'drip' | 'silent' | 'huge' | 'close';
  readonly status?: number;
  /** Answers GET only; what follows the page's address is a question. */
  readonly getOnly?: boolean;
  /** Days by which its Date header is off. */
  readonly dateShift?: number;
}

/** The address of a page; `{name}` in certificates and redirects becomes that. */
export const pageUrl = (port: number, name: string) => `http://127.0.0.1:${port}/${name}`;

/** `{name}` of each page, replaced by its address. */
export const withPages = (text: string, pages: Readonly<Record<string, PagePlan>>, port: number): string =>
  text.replace(/\{(\w[\w-]*)\}/g, (whole, name: string) => (name in pages ? pageUrl(port, name) : whole));

/** Serves them. `pki` is asked for at each request, because URLs stand in certificates that are made after this. */
export function pageServer(pages: Readonly<Record<string, PagePlan>>, pki: () => Pki): Promise<Listening> {
  const server = createServer((request, response) => {
    const plan = pages[(request.url ?? '/').split('/')[1] ?? ''];
    request.on('error', () => {}).resume();
    response.on('error', () => {});
    const port = request.socket.localPort ?? 0;
    if (plan?.dateShift !== undefined)
      response.setHeader('date', new Date(Date.now() + plan.dateShift * 86_400_000).toUTCString());
    if (!plan) response.writeHead(404).end();
    else if (plan.getOnly && request.method !== 'GET') response.writeHead(405).end();
    else if (plan.manner) misbehave(response, plan.manner);
    else if (plan.redirect !== undefined)
      response.writeHead(302, { location: withPages(plan.redirect, pages, port) }).end();
    else {
      const body = bodyOf(plan, pki());
      response.writeHead(plan.status ?? 200, { 'content-length': body.length, connection: 'close' }).end(body);
    }
  });
  return listen(server, '127.0.0.1');
}

function bodyOf(plan: PagePlan, pki: Pki): Uint8Array {
  const now = new Date();
  if (plan.ocsp) return makeOcsp(plan.ocsp, pki, now);
  if (plan.crl) return makeCrl(plan.crl, pki, now);
  if (plan.certificate === undefined) return Buffer.from(plan.text ?? '');
  const made = pki.get(plan.certificate);
  if (!made) throw new Error(`the scenario has no certificate '${plan.certificate}'`);
  switch (plan.as ?? 'der') {
    case 'der':
      return made.der;
    case 'pem':
      return Buffer.from(`Some words before it.\n${made.pem}`);
    case 'pkcs7':
      return pkcs7(made.der);
    case 'pkcs7-pem':
      return Buffer.from(
        `-----BEGIN PKCS7-----\n${Buffer.from(pkcs7(made.der))
          .toString('base64')
          .match(/.{1,64}/g)
          ?.join('\n')}\n-----END PKCS7-----\n`,
      );
  }
}

/** A “certs-only” SignedData (RFC 5652 §5.1), as CAs publish .p7c files. */
const pkcs7 = (der: Uint8Array) =>
  seq(
    oid('1.2.840.113549.1.7.2'),
    tagged(0xa0, seq(int(1), set(), seq(oid('1.2.840.113549.1.7.1')), tagged(0xa0, der), set())),
  );

function misbehave(response: ServerResponse, manner: NonNullable<PagePlan['manner']>): void {
  const every = (ms: number, part: Buffer) => {
    const timer = setInterval(() => response.write(part), ms).unref();
    response.on('close', () => clearInterval(timer));
  };
  switch (manner) {
    case 'silent':
      return;
    case 'close':
      response.destroy();
      return;
    case 'huge':
      response.writeHead(200, { 'content-length': 40_000_000 });
      response.end(Buffer.alloc(40_000_000, 0x30));
      return;
    case 'endless':
      response.writeHead(200);
      every(1, Buffer.alloc(65_536, 0x30));
      return;
    case 'drip':
      response.writeHead(200);
      every(100, Buffer.from([0x30]));
  }
}
