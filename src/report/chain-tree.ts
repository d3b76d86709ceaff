// The chain as a tree, the broken link marked: the same lines in the text report and on the wizard's screen.
import type { CertificateInfo } from '../model/certificate.ts';
import { learnt } from '../model/facts.ts';
import type { Lang } from '../model/knowledge.ts';
import type { Report } from '../model/report.ts';
import { line } from './safe-text.ts';
import { words } from './words.ts';

export interface TreeLine {
  readonly text: string;
  readonly mark: 'ok' | 'fail' | 'stranger';
}

/** Root side first, as trees grow downwards to the leaf; strangers last. Every line is safe for a terminal. */
export function chainTree(
  report: Report,
  { unicode, lang }: { readonly unicode: boolean; readonly lang: Lang },
): TreeLine[] {
  const { sent } = report.chain;
  if (sent.length === 0) return [];
  const said = words(lang);
  const expired = report.facts['expiry.judgedAt']?.known ? Date.parse(report.facts['expiry.judgedAt'].value) : null;
  const path = learnt(report.facts, 'chain.path') ?? [];
  const missing = learnt(report.facts, 'chain.missing') ?? [];
  const rows: { text: string; mark: TreeLine['mark'] }[] = [];
  const above = path.filter(entry => entry.from !== 'sent').toReversed();
  for (const entry of above) {
    const lost = missing.includes(entry.subject);
    rows.push({ text: `${name(entry.subject)}  (${lost ? said.missing : entry.from})`, mark: lost ? 'fail' : 'ok' });
  }
  if (above.length === 0)
    rows.push(...missing.map(subject => ({ text: `${name(subject)}  (${said.missing})`, mark: 'fail' as const })));
  const onPath = path.flatMap(entry => sent.find(info => info.sha256 === entry.sha256) ?? []);
  for (const info of (onPath.length > 0 ? onPath : sent).toReversed()) rows.push(rowOf(info, expired, report));
  const lines = rows.map(
    ({ text, mark }, depth): TreeLine => ({ text: `${branch(depth, unicode)}${symbol(mark, unicode)} ${text}`, mark }),
  );
  const strangers = sent.filter(info => info.role === 'unrelated');
  return [
    ...lines,
    ...strangers.map(
      (info): TreeLine => ({
        text: `${symbol('stranger', unicode)} ${name(info.subject)}  (unrelated)`,
        mark: 'stranger',
      }),
    ),
  ];
}

function rowOf(
  info: CertificateInfo,
  judgedAt: number | null,
  report: Report,
): { text: string; mark: TreeLine['mark'] } {
  const notes: string[] = [];
  if (judgedAt !== null && Date.parse(info.notAfter) <= judgedAt) notes.push(`expired ${info.notAfter.slice(0, 10)}`);
  if (judgedAt !== null && Date.parse(info.notBefore) > judgedAt)
    notes.push(`valid from ${info.notBefore.slice(0, 10)}`);
  if (info.role === 'leaf' && learnt(report.facts, 'hostname.matches') === false)
    notes.push(`not for ${report.target.host}`);
  const untrusted =
    learnt(report.facts, 'trust.anchored') === false && learnt(report.facts, 'chain.topSelfSigned') === true;
  if (untrusted && info.subject === learnt(report.facts, 'chain.topSubject')) notes.push('not trusted here');
  return {
    text: `${name(info.subject)}${notes.length > 0 ? `  (${line(notes.join(', '))})` : ''}`,
    mark: notes.length > 0 ? 'fail' : 'ok',
  };
}

/** The common name where there is one: a whole subject rarely fits. */
const name = (subject: string) => line(/(?:^|, )CN=(.+)$/.exec(subject)?.[1] ?? (subject || '(no subject)'), 60);

const branch = (depth: number, unicode: boolean) =>
  depth === 0 ? '' : `${'   '.repeat(depth - 1)}${unicode ? '└─ ' : '`- '}`;

function symbol(mark: TreeLine['mark'], unicode: boolean): string {
  if (mark === 'ok') return unicode ? '✓' : '+';
  if (mark === 'fail') return unicode ? '✗' : 'x';
  return '?';
}
