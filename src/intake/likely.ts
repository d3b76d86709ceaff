// Causes from the text alone: the error's own list, in its order, without what this text excludes.
import type { CauseRow, ErrorEntry, HostKind, LikelyCause, RowCondition, Versions } from '../model/clue.ts';
import { compareVersions } from './versions.ts';

/** What a row may ask of a text. */
export interface Setting {
  readonly text: string;
  readonly tool: string;
  readonly host: string | null;
  readonly proxy: string | null;
  readonly versions: Versions;
}

/** Most likely first; each cause once, by its first row that holds. */
export function likelyCauses(entry: ErrorEntry, setting: Setting): LikelyCause[] {
  const kind = hostKind(setting.host);
  const lower = setting.text.toLowerCase();
  const rows = new Map<string, CauseRow>();
  for (const row of entry.causes)
    if (!rows.has(row.cause) && (row.when === null || holds(row.when, setting, kind, lower))) rows.set(row.cause, row);
  return [...rows.values()].map(({ cause, likelihood, because }) => ({ cause, likelihood, because }));
}

function holds(when: RowCondition, setting: Setting, kind: HostKind, lower: string): boolean {
  const { python } = setting.versions;
  return (
    (when.tool?.includes(setting.tool) ?? true) &&
    (when.host?.includes(kind) ?? true) &&
    (when.says?.some(word => lower.includes(word.toLowerCase())) ?? true) &&
    (when.proxy === undefined || when.proxy === (setting.proxy !== null)) &&
    (when.pythonFrom === undefined || (python !== undefined && compareVersions(python, when.pythonFrom) >= 0)) &&
    (when.pythonBefore === undefined || (python !== undefined && compareVersions(python, when.pythonBefore) < 0))
  );
}

/** What kind of name it is: one of this machine, a bare address, one that only an organisation's own DNS knows, or public. */
export function hostKind(host: string | null): HostKind {
  if (host === null) return 'none';
  const name = host.toLowerCase().replace(/\.$/, '');
  if (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    /^127\.\d/.test(name) ||
    name === '::1' ||
    name === '[::1]'
  )
    return 'local';
  if (/^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.[\dx]/.test(name)) return 'private';
  if (/^[\dx]{1,3}(?:\.[\dx]{1,3}){3}$/.test(name) || name.includes(':')) return 'address';
  if (!name.includes('.') || OWN_SERVICE.test(name)) return 'private';
  return /\.(?:local|lan|internal|intranet|corp|home|test|example|invalid|localdomain|domain|private|svc|cluster|ad|iot)$|\.home\.arpa$/.test(
    name,
  )
    ? 'private'
    : 'public';
}

/** Programs that organisations run for themselves, by the names they usually give them. */
const OWN_SERVICE =
  /^(?:gitlab|gitea|nexus|artifactory|jenkins|harbor|jira|confluence|intranet|vcenter|sonarqube?|rancher|minio|vault|grafana|splunk|owa|mail)\d{0,2}\.[\w-]{1,63}\.[\w.-]{2,190}$/;
