// The report for an issue or a chat. Everything untrusted is escaped; commands stand in fences longer than any in them.
import type { Lang } from '../model/knowledge.ts';
import type { Report } from '../model/report.ts';
import { documentOf, type Part } from './document.ts';
import { markdown } from './safe-text.ts';

/** @returns Markdown (CommonMark), with a line break at the end */
export function markdownReport(report: Report, { lang }: { readonly lang: Lang }): string {
  const parts = documentOf(report, { lang, unicode: true, verbose: true, platform: 'any' });
  return `${parts
    .map(render)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

function render(part: Part): string {
  switch (part.kind) {
    case 'headline':
      return `# ${{ healthy: '✅', problem: '❌', inconclusive: '❔' }[part.status]} ${markdown(part.text)}\n\n*${markdown(part.aside)}*\n`;
    case 'heading':
      return `\n## ${markdown(part.text)}\n`;
    case 'paragraph':
      return `\n${markdown(part.text.trim())}\n`;
    case 'item':
      return `- ${part.mark === 'ok' ? `**${markdown(part.text)}**` : markdown(part.text)}`;
    case 'command':
      return fenced(part.text, 'sh');
    case 'tree':
      return fenced(part.lines.map(line => line.text).join('\n'), 'text');
    case 'route':
      return `\n${part.places.map(markdown).join(part.broken === null ? ' → ' : ' ⇢ ')}\n`;
  }
}

function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(match => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `\n${fence}${language}\n${text}\n${fence}\n`;
}
