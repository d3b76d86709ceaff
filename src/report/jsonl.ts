// One report a line, for several targets.
import type { Report } from '../model/report.ts';
import { contractForm } from './json.ts';
import { jsonStringify } from './safe-text.ts';

export const jsonlReport = (report: Report): string => `${jsonStringify(contractForm(report))}\n`;
