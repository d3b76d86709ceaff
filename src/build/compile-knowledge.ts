// knowledge/*.yaml → plain JSON values, checked against knowledge/schema/ and with shared fixes put where causes name
// them. Runs at build only: at run time no YAML is parsed and no schema is asked.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import type { CauseRow, ErrorEntry, ErrorExample, Speaker, UnsafeEntry, VerifyCode, Wording } from '../model/clue.ts';
import type {
  Canaries,
  Cause,
  Fix,
  Interceptor,
  InterceptorMatch,
  KnownIntermediates,
  KnownRoots,
  RemovedRoot,
  Step,
  Text,
} from '../model/knowledge.ts';

export interface CompiledKnowledge {
  readonly causes: readonly Cause[];
  readonly fixes: readonly Fix[];
  readonly errors: readonly ErrorEntry[];
  readonly speakers: readonly Speaker[];
  readonly unsafe: readonly UnsafeEntry[];
  readonly verifyCodes: readonly VerifyCode[];
  readonly interceptors: readonly Interceptor[];
  readonly roots: KnownRoots;
  readonly intermediates: readonly KnownIntermediates[];
  readonly canaries: Canaries;
  readonly clients: unknown;
}

/** A file of knowledge/ that cannot be used: which, where in it, and why. */
export class KnowledgeError extends Error {
  readonly file: string;
  constructor(file: string, path: string, reason: string) {
    super(`${file}${path ? ` at ${path}` : ''}: ${reason}`);
    this.file = file;
  }
}

/**
 * Reads and checks the whole folder.
 * @param root the project's folder, the one that holds knowledge/
 * @throws KnowledgeError naming the file and the path in it
 */
export function compileKnowledge(root: string): CompiledKnowledge {
  const folder = join(root, 'knowledge');
  const check = schemas(folder);
  const fixes = entriesIn(folder, 'fixes', check('fix')).map(([id, raw]) => fixOf({ id, ...raw }));
  const shared = new Map(fixes.map(fix => [fix.id, fix]));
  const causes = entriesIn(folder, 'causes', check('cause')).map(([id, raw]) => causeOf(id, raw as RawCause, shared));
  const ids = new Set(causes.map(cause => cause.id));
  for (const cause of causes)
    for (const [i, id] of cause.explains.entries())
      if (!ids.has(id))
        throw new KnowledgeError(`knowledge/causes/${cause.id}.yaml`, `/explains/${i}`, `there is no cause ${id}`);
  const reasons = (fileOf(folder, 'reasons', check('reasons')) ?? {}) as Readonly<Record<string, Text>>;
  const errors = entriesIn(folder, 'errors', check('error')).map(([id, raw]) =>
    errorOf(id, raw as unknown as RawError, reasons, ids),
  );
  return {
    causes,
    fixes,
    errors,
    speakers: (fileOf(folder, 'speakers', check('speakers')) ?? []) as readonly Speaker[],
    unsafe: (fileOf(folder, 'unsafe', check('unsafe')) ?? []) as readonly UnsafeEntry[],
    verifyCodes: verifyCodesOf(fileOf(folder, 'verify-codes', check('verify-codes')) ?? [], errors),
    interceptors: interceptorsOf(fileOf(folder, 'interceptors', check('interceptors')) ?? []),
    roots: rootsOf(fileOf(folder, 'roots', check('roots')) ?? NO_ROOTS),
    intermediates: (fileOf(folder, 'intermediates', check('intermediates')) ?? []) as readonly KnownIntermediates[],
    canaries: (fileOf(folder, 'canaries', check('canaries')) ?? NO_CANARIES) as Canaries,
    clients: fileOf(folder, 'clients', check('clients')) ?? [],
  };
}

/** A file as it was written: whatever the schema lets be left out may be missing. */
type Raw = Readonly<Record<string, unknown>>;
type RawStep = Pick<Step, 'text'> & Partial<Step>;
type RawFix = Omit<Fix, 'safety' | 'when' | 'steps'> &
  Partial<Pick<Fix, 'safety' | 'when'>> & { readonly steps: readonly RawStep[] };
type Optional = 'severity' | 'codes' | 'explains' | 'avoid' | 'mild';
type RawCause = Omit<Cause, 'id' | 'fixes' | Optional> &
  Partial<Pick<Cause, Optional>> & { readonly fixes: readonly (string | RawFix)[] };
type RawError = Omit<ErrorEntry, 'id' | 'codes' | 'wordings' | 'causes'> & {
  readonly codes?: readonly number[];
  readonly wordings: readonly (Omit<Wording, 'weight' | 'host' | 'examples'> &
    Partial<Pick<Wording, 'weight' | 'host'>> & {
      readonly examples: readonly (string | (Pick<ErrorExample, 'text'> & Partial<ErrorExample>))[];
    })[];
  readonly causes: readonly (Omit<CauseRow, 'because' | 'when'> & {
    readonly because: string;
    readonly when?: CauseRow['when'];
  })[];
};
type RawVerifyCode = Pick<VerifyCode, 'group'> & {
  readonly elsewhere: readonly { readonly library: string; readonly name: string; readonly wider?: boolean }[];
};
type RawRoots = Omit<KnownRoots, 'removed'> & {
  readonly removed: readonly (Omit<RemovedRoot, 'subject' | 'keyId' | 'removedIn'> & Partial<RemovedRoot>)[];
};
type RawInterceptor = Pick<Interceptor, 'id' | 'product' | 'vendor' | 'kind' | 'sources'> &
  Partial<Interceptor> & {
    readonly match: readonly (Omit<InterceptorMatch, 'confidence'> & Partial<InterceptorMatch>)[];
  };

function causeOf(id: string, raw: RawCause, shared: ReadonlyMap<string, Fix>): Cause {
  const fixes = raw.fixes.map((fix, i) => {
    if (typeof fix !== 'string') return fixOf(fix);
    const found = shared.get(fix);
    if (!found)
      throw new KnowledgeError(`knowledge/causes/${id}.yaml`, `/fixes/${i}`, `there is no knowledge/fixes/${fix}.yaml`);
    return found;
  });
  return { severity: 'error', codes: [], explains: [], avoid: [], mild: null, ...raw, id, fixes };
}

/** Reasons and causes are named in an error's file and must exist. */
function errorOf(
  id: string,
  raw: RawError,
  reasons: Readonly<Record<string, Text>>,
  causes: ReadonlySet<string>,
): ErrorEntry {
  const file = `knowledge/errors/${id}.yaml`;
  return {
    codes: [],
    ...raw,
    id,
    wordings: raw.wordings.map(wording => ({
      weight: null,
      host: null,
      ...wording,
      examples: wording.examples.map(example => ({
        tool: null,
        host: null,
        ...(typeof example === 'string' ? { text: example } : example),
      })),
    })),
    causes: raw.causes.map((row, i) => {
      const because = reasons[row.because];
      if (!because) throw new KnowledgeError(file, `/causes/${i}/because`, `there is no reason ${row.because}`);
      if (!causes.has(row.cause)) throw new KnowledgeError(file, `/causes/${i}`, `there is no cause ${row.cause}`);
      return { ...row, because, when: row.when ?? null };
    }),
  };
}

const verifyCodesOf = (raw: unknown, errors: readonly ErrorEntry[]): VerifyCode[] =>
  (raw as readonly (Pick<VerifyCode, 'code' | 'name' | 'message'> & Partial<RawVerifyCode>)[]).map(each => ({
    group: null,
    ...each,
    error: errors.find(error => error.codes.includes(each.code))?.id ?? null,
    elsewhere: (each.elsewhere ?? []).map(({ library, name, wider }) => ({ library, name, wider: wider ?? false })),
  }));

const fixOf = (raw: object): Fix => {
  const fix = raw as RawFix;
  return { safety: 'safe', when: null, ...fix, steps: fix.steps.map(stepOf) };
};

const stepOf = (raw: RawStep): Step => ({
  platform: 'any',
  tool: null,
  apply: null,
  ...raw,
  command: raw.command?.trimEnd() ?? null,
  verify: raw.verify?.trimEnd() ?? null,
});

const interceptorsOf = (raw: unknown): Interceptor[] =>
  (raw as readonly RawInterceptor[]).map(each => ({
    certificates: [],
    keys: [],
    localFiles: [],
    rootDocs: [],
    strict: null,
    notes: null,
    ...each,
    match: each.match.map(match => ({ ...match, confidence: match.confidence ?? 'high' })),
  }));

const rootsOf = (raw: unknown): KnownRoots => {
  const roots = raw as RawRoots;
  return { ...roots, removed: roots.removed.map(root => ({ subject: null, keyId: null, removedIn: null, ...root })) };
};

const NO_CANARIES: Canaries = { hosts: [], publicSites: [], probes: [] };

const NO_ROOTS: KnownRoots = { version: '', current: [], removed: [], crossSigns: [], reissued: [] };

/** The files of one folder, by id, in the order of their ids. A folder that is not there yet is empty. */
function entriesIn(folder: string, name: string, validate: Check): (readonly [string, Raw])[] {
  if (!existsSync(join(folder, name))) return [];
  return readdirSync(join(folder, name))
    .filter(file => file.endsWith('.yaml'))
    .map(file => file.slice(0, -'.yaml'.length))
    .sort()
    .map(id => [id, read(folder, `${name}/${id}.yaml`, validate) as Raw] as const);
}

const fileOf = (folder: string, name: string, validate: Check) =>
  existsSync(join(folder, `${name}.yaml`)) ? read(folder, `${name}.yaml`, validate) : null;

function read(folder: string, name: string, validate: Check): unknown {
  const file = `knowledge/${name}`;
  let value: unknown;
  try {
    value = parse(readFileSync(join(folder, name), 'utf8'));
  } catch (error) {
    throw new KnowledgeError(file, '', error instanceof Error ? error.message : String(error));
  }
  validate?.(value);
  // The deepest place says most: above it stand the alternatives that did not fit because of it.
  const fault = validate?.errors?.toSorted((a, b) => b.instancePath.length - a.instancePath.length)[0];
  if (fault)
    throw new KnowledgeError(
      file,
      fault.instancePath,
      `${fault.message ?? 'not valid'} ${JSON.stringify(fault.params)}`,
    );
  return value;
}

type Check = ValidateFunction | null;

/** One validator a schema; a kind without a schema file is passed through. */
function schemas(folder: string): (name: string) => Check {
  const ajv = new Ajv({ allErrors: false, allowUnionTypes: true, strictRequired: false, strictSchema: false });
  const load = (name: string): object => JSON.parse(readFileSync(join(folder, 'schema', `${name}.json`), 'utf8'));
  ajv.addSchema(load('fix'));
  return name => {
    if (name === 'fix') return ajv.getSchema('fix.json') ?? null;
    return existsSync(join(folder, 'schema', `${name}.json`)) ? ajv.compile(load(name)) : null;
  };
}
