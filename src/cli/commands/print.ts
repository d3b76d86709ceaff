// Reports to stdout, in the format that was asked for; each format's module is loaded only when it is.
import type { Report } from '../../model/report.ts';
import type { Args, Format } from '../args.ts';
import { outputStyle, thisPlatform } from '../terminal.ts';

/** Writes a report in the chosen format; waits when the reader is slow. */
export async function printer(format: Format, args: Args): Promise<(report: Report) => Promise<void>> {
  const render = await rendererOf(format, args);
  return async report => {
    if (!process.stdout.write(render(report))) await new Promise(resolve => process.stdout.once('drain', resolve));
  };
}

async function rendererOf(format: Format, args: Args): Promise<(report: Report) => string> {
  const { lang } = args.options;
  switch (format) {
    case 'json':
      return (await import('../../report/json.ts')).jsonReport;
    case 'jsonl':
      return (await import('../../report/jsonl.ts')).jsonlReport;
    case 'markdown': {
      const { markdownReport } = await import('../../report/markdown.ts');
      return report => markdownReport(report, { lang });
    }
    case 'html': {
      const { htmlReport } = await import('../../report/html.ts');
      return report => htmlReport(report, { lang });
    }
    case 'prometheus':
      return (await import('../../report/prometheus.ts')).prometheusReport;
    case 'text': {
      const { textReport } = await import('../../report/text.ts');
      const style = outputStyle(process.stdout);
      return report => textReport(report, { ...style, lang, verbose: args.verbose, platform: thisPlatform() });
    }
  }
}
