// Files named on the command line are looked at before anything else: one that is not there is wrong usage, not a finding.
import { access, constants } from 'node:fs/promises';
import type { Options } from '../model/options.ts';
import { UsageError } from './args.ts';

/** @throws UsageError that names the first file that does not exist */
export async function requireFiles({
  caFiles,
  defaultCaFile,
  referenceRoots,
  certFile,
  keyFile,
}: Options): Promise<void> {
  for (const path of [...caFiles, defaultCaFile, referenceRoots, certFile, keyFile]) {
    if (path === null) continue;
    await access(path, constants.F_OK).catch(() => {
      throw new UsageError(`cannot read '${path}': no such file`);
    });
  }
}
