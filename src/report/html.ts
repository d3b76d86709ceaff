// The report as one self-contained page: no script, nothing loaded, readable without its style.
import type { Lang } from '../model/knowledge.ts';
import type { Report } from '../model/report.ts';
import { documentOf, type Part } from './document.ts';
import { html } from './safe-text.ts';

export function htmlReport(report: Report, { lang }: { readonly lang: Lang }): string {
  const parts = documentOf(report, { lang, unicode: true, verbose: true, platform: 'any' });
  const title = html(
    `${report.target.host}:${report.target.port} – ${report.diagnosis.primary?.title ?? report.diagnosis.status}`,
  );
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}pre{background:#8882;padding:.7rem;overflow-x:auto}.problem{color:#b00020}.healthy{color:#0a6b2d}</style>
</head>
<body>
${parts.map(render).join('\n')}
</body>
</html>
`;
}

function render(part: Part): string {
  switch (part.kind) {
    case 'headline':
      return `<h1 class="${part.status}">${html(part.text)}</h1>\n<p><em>${html(part.aside)}</em></p>`;
    case 'heading':
      return `<h2>${html(part.text)}</h2>`;
    case 'paragraph':
      return `<p>${html(part.text.trim())}</p>`;
    case 'item':
      return `<p>• ${html(part.text)}</p>`;
    case 'command':
      return pre(part.text);
    case 'tree':
      return pre(part.lines.map(line => line.text).join('\n'));
    case 'route':
      return `<p>${part.places.map(html).join(part.broken === null ? ' → ' : ' ⇢ ')}</p>`;
  }
}

const pre = (text: string) => `<pre>${text.split('\n').map(html).join('\n')}</pre>`;
