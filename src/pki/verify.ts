// What OpenSSL would answer (X509_verify_cert, x509_vfy.c 3.0 to 3.5), in its order: leaf key, path, extensions from leaf
// to root, key and digest levels, host name, signatures and times from root to leaf, name constraints. It goes on after
// the first error, as OpenSSL does when a callback says so, to tell what would come next.
import type { PathEntry, VerifyAnswer } from '../model/certificate.ts';
import { type Certificate, isSignedBy, MalformedCertificate, parseCertificate } from './certificate.ts';
import { answer, codeName, opensslMessage, pythonMessage, V } from './codes.ts';
import { checkCommonNames, checkConstraints, OUT_OF_MEM } from './constraints.ts';
import { checkExtensions, forbidsSigning } from './extension-checks.ts';
import { afterwardsMismatch } from './match-hostname.ts';
import { attributesOf, ipOctets, matchesHost, matchesIp, OID_COMMON_NAME } from './names.ts';
import { buildPath, isLevelKey, isLevelSignature, issued } from './path.ts';
import { pemBlocks } from './pem.ts';
import { type Profile, profileOf } from './profiles/index.ts';
import { TrustStore, trustStore } from './store.ts';

export interface VerifyOptions {
  /** DNS name or IP address; absent = no name check. */
  readonly host?: string;
  readonly at: Date;
  readonly profile: string | Profile;
  /** Default `server`. */
  readonly purpose?: 'server' | 'client';
}

/** A certificate of the path, and where it came from. */
export interface Link {
  readonly certificate: Certificate;
  readonly origin: 'sent' | 'store';
}

export interface Verdict extends VerifyAnswer {
  readonly ok: boolean;
  /** The path the verdict is about, leaf first. */
  readonly chain: readonly Link[];
  /** What it would say next, were each mended in turn. */
  readonly then: readonly VerifyAnswer[];
}

/** The contract's form: PEM or DER in, plain values out. Throws MalformedCertificate when the leaf cannot be read. */
export function verifyChain(asked: {
  readonly leaf: string | Uint8Array;
  readonly untrusted: readonly (string | Uint8Array)[];
  readonly anchors: readonly (string | Uint8Array)[] | TrustStore;
  readonly host?: string;
  readonly at: Date;
  readonly profile: string;
  readonly purpose?: 'server' | 'client';
}): Omit<Verdict, 'chain'> & { readonly chain: readonly PathEntry[] } {
  const store = asked.anchors instanceof TrustStore ? asked.anchors : trustStore(asked.anchors);
  // A certificate among the others that cannot be read is as good as not sent.
  const untrusted = asked.untrusted.flatMap(bytes => {
    try {
      return [readOne(bytes)];
    } catch (error) {
      if (error instanceof MalformedCertificate) return [];
      throw error;
    }
  });
  const verdict = verify(readOne(asked.leaf), untrusted, store, asked);
  return {
    ...verdict,
    chain: verdict.chain.map(({ certificate, origin }) => ({
      sha256: certificate.sha256,
      subject: certificate.subject.text,
      from: origin,
    })),
  };
}

/**
 * Judges a parsed chain: `untrusted` is what was sent besides the leaf, in that order (the leaf again does no harm).
 * Pure, and bounded by the path's length: at most 101 signatures. Throws UnknownProfile for a profile name that is none.
 */
export function verify(
  leaf: Certificate,
  untrusted: readonly Certificate[],
  store: TrustStore,
  options: VerifyOptions,
): Verdict {
  const profile = typeof options.profile === 'string' ? profileOf(options.profile) : options.profile;
  const run = new Run(leaf, untrusted, store, profile, options);
  run.all();
  const { errors } = run;
  const asked = options.host;
  const word = profile.library === 'openssl' ? opensslMessage : (code: number) => pythonMessage(code, asked);
  const answers = errors.map(({ code, depth, message }) => ({
    ...answer(code, depth, asked),
    verifyMessage: message ?? word(code),
  }));
  const [first, ...then] = answers;
  return {
    ...(first ?? { verifyCode: V.OK, verifyName: codeName(V.OK), verifyMessage: opensslMessage(V.OK), depth: null }),
    ok: first === undefined,
    chain: run.chain.map((certificate, i) => ({ certificate, origin: i < run.sent ? 'sent' : 'store' })),
    then,
  };
}

interface Met {
  readonly code: number;
  readonly depth: number | null;
  readonly message?: string;
}

/** One verification: OpenSSL's X509_STORE_CTX. */
class Run {
  readonly errors: Met[] = [];
  chain: readonly Certificate[];
  sent = 1;
  readonly #leaf: Certificate;
  readonly #untrusted: readonly Certificate[];
  readonly #store: TrustStore;
  readonly #profile: Profile;
  readonly #host: string | undefined;
  readonly #purpose: 'server' | 'client';
  /** Whole seconds, as time_t. */
  readonly #at: number;
  #depth = 0;

  constructor(
    leaf: Certificate,
    untrusted: readonly Certificate[],
    store: TrustStore,
    profile: Profile,
    options: VerifyOptions,
  ) {
    this.chain = [leaf];
    this.#leaf = leaf;
    this.#untrusted = untrusted;
    this.#store = store;
    this.#profile = profile;
    this.#host = profile.stripsTrailingDot ? options.host?.replace(/\.+$/, '') : options.host;
    this.#purpose = options.purpose ?? 'server';
    this.#at = Math.floor(options.at.getTime() / 1000);
  }

  all(): void {
    if (!this.#verifyCert()) {
      // Given up without a word: the error is then X509_V_ERR_UNSPECIFIED (x509_vfy.c, “safety-net”).
      if (this.errors.length === 0) this.errors.push({ code: V.UNSPECIFIED, depth: this.#depth });
      return;
    }
    if (this.#profile.hostCheck === 'match_hostname' && this.#host !== undefined && this.#purpose === 'server') {
      const mismatch = afterwardsMismatch(this.#leaf, this.#host);
      if (mismatch) this.errors.push(mismatch);
    }
  }

  /** False where OpenSSL stops although errors are let through: its own internal errors. */
  #verifyCert(): boolean {
    if (!isLevelKey(this.#leaf, this.#profile.securityLevel)) this.#fail(V.EE_KEY_TOO_SMALL, 0);
    if (!this.#buildChain()) return false;
    for (const { code, depth } of checkExtensions(this.chain, this.sent, this.#purpose, this.#profile.strict))
      this.#fail(code, depth);
    this.#checkLevels();
    this.#checkHost();
    if (this.chain.some(certificate => certificate.publicKey === null)) return this.#parametersFrom();
    this.#checkSignaturesAndTimes();
    return this.#checkNameConstraints();
  }

  #fail(code: number, depth: number): void {
    this.#depth = depth;
    this.errors.push({ code, depth });
  }

  #buildChain(): boolean {
    const trustUsage = this.#purpose === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2';
    const { partialChain } = this.#profile;
    const path = buildPath(this.#leaf, this.#untrusted, this.#store, { partialChain, at: this.#at, trustUsage });
    this.chain = path.certificates;
    this.sent = path.sent;
    this.#depth = path.certificates.length - 1;
    for (const { code, depth } of path.met) this.#fail(code, depth);
    if (path.aborted) return false;
    // “A preliminary error has become final”: an error met before is said again instead of why the path ends.
    if (path.error) this.#fail(this.errors.at(-1)?.code ?? path.error.code, path.error.depth);
    return true;
  }

  #checkLevels(): void {
    const { securityLevel } = this.#profile;
    this.chain.forEach((certificate, depth) => {
      if (depth > 0 && !isLevelKey(certificate, securityLevel)) this.#fail(V.CA_KEY_TOO_SMALL, depth);
      if (depth < this.chain.length - 1 && !isLevelSignature(certificate, securityLevel))
        this.#fail(V.CA_MD_TOO_WEAK, depth);
    });
  }

  #checkHost(): void {
    if (this.#host === undefined || this.#profile.hostCheck !== 'openssl') return;
    const octets = ipOctets(this.#host);
    if (octets) {
      if (!matchesIp(this.#leaf, octets)) this.#fail(V.IP_ADDRESS_MISMATCH, 0);
    } else if (!matchesHost(this.#leaf, this.#host, this.#profile.commonName)) this.#fail(V.HOSTNAME_MISMATCH, 0);
  }

  /** X509_get_pubkey_parameters walks up to the first key that has its parameters: practically the leaf's. */
  #parametersFrom(): boolean {
    if (this.#leaf.publicKey === null) return false;
    this.#checkSignaturesAndTimes();
    return this.#checkNameConstraints();
  }

  /** internal_verify: from the root down; the root's own signature is not checked. */
  #checkSignaturesAndTimes(): void {
    let n = this.chain.length - 1;
    const top = this.chain[n] ?? this.#leaf;
    let issuer = top;
    let subject = top;
    if (!this.#profile.partialChain && !issued(top, top)) {
      if (n > 0) subject = this.chain[--n] ?? this.#leaf;
      else this.#fail(V.UNABLE_TO_VERIFY_LEAF_SIGNATURE, 0);
    }
    for (; n >= 0; n--) {
      if (subject !== issuer) {
        const forbidden = forbidsSigning(issuer, subject);
        if (forbidden !== V.OK) this.#fail(forbidden, n + 1);
        if (issuer.publicKey === null) this.#fail(V.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, n + 1);
        else if (!isSignedBy(subject, issuer)) this.#fail(V.CERT_SIGNATURE_FAILURE, n);
      }
      this.#checkTime(subject, n);
      issuer = subject;
      subject = this.chain[n - 1] ?? subject;
    }
  }

  #checkTime({ validFrom, validTo }: Certificate, depth: number): void {
    if (!validFrom.valid) this.#fail(V.ERROR_IN_CERT_NOT_BEFORE_FIELD, depth);
    else if (validFrom.date.getTime() / 1000 > this.#at) this.#fail(V.CERT_NOT_YET_VALID, depth);
    if (!validTo.valid) this.#fail(V.ERROR_IN_CERT_NOT_AFTER_FIELD, depth);
    // Dead in its notAfter second.
    else if (validTo.date.getTime() / 1000 <= this.#at) this.#fail(V.CERT_HAS_EXPIRED, depth);
  }

  /** Each certificate against the constraints of all above it, root first. A root's own apply to itself not at all. */
  #checkNameConstraints(): boolean {
    for (let i = this.chain.length - 1; i >= 0; i--) {
      const certificate = this.chain[i] ?? this.#leaf;
      if (i !== 0 && certificate.selfIssued) continue;
      if (certificate.extensions.proxyPathLength !== null) {
        const flaw = proxyNameFlaw(certificate);
        if (flaw) this.#fail(V.PROXY_SUBJECT_NAME_VIOLATION, i);
      }
      for (let j = this.chain.length - 1; j > i; j--) {
        const constraints = this.chain[j]?.extensions.nameConstraints;
        if (!constraints) continue;
        let code = checkConstraints(certificate, constraints);
        if (code === V.OK && i === 0 && this.#commonNameCounts(certificate))
          code = checkCommonNames(certificate, constraints);
        if (code === OUT_OF_MEM) return false;
        if (code !== V.OK) this.#fail(code, i);
      }
    }
    return true;
  }

  /** Even when the host is an address, or not checked at all. */
  #commonNameCounts(certificate: Certificate): boolean {
    return this.#profile.commonName === 'fallback' && !(certificate.altNames ?? []).some(name => name.kind === 'dns');
  }
}

/** RFC 3820 §3.4: a proxy certificate's subject is its issuer's name and one more common name. */
function proxyNameFlaw({ subject, issuer }: Certificate): boolean {
  if (subject.size < 2 || subject.size !== issuer.size + 1) return true;
  const last = subject.rdns.at(-1) ?? [];
  if (last.length !== 1 || last[0]?.oid !== OID_COMMON_NAME) return true;
  return attributesOf(subject, OID_COMMON_NAME).length === 0 || !subject.canonical.startsWith(issuer.canonical);
}

function readOne(bytes: string | Uint8Array): Certificate {
  if (typeof bytes !== 'string' && bytes[0] !== 0x2d) return parseCertificate(bytes);
  const blocks = pemBlocks(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
  const block = blocks.find(({ read }) => read !== null);
  if (!block?.read)
    throw new MalformedCertificate(
      blocks[0]?.problem ?? 'there is no certificate in this text',
      blocks[0]?.offset ?? 0,
    );
  return block.read();
}

/** What a verdict says, in the order in which it would surface; empty when all is well. */
export function answersOf(verdict: Verdict): readonly VerifyAnswer[] {
  const answer = ({ verifyCode, verifyName, verifyMessage, depth }: VerifyAnswer): VerifyAnswer => ({
    verifyCode,
    verifyName,
    verifyMessage,
    depth,
  });
  return verdict.ok ? [] : [answer(verdict), ...verdict.then.map(answer)];
}
