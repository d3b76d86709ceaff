// The report in Prometheus' text exposition format 0.0.4, for the node exporter's textfile collector.
import { learnt } from '../model/facts.ts';
import type { Report } from '../model/report.ts';
import { line } from './safe-text.ts';

export function prometheusReport(report: Report): string {
  const target = `target="${label(`${report.target.host}:${report.target.port}`)}"`;
  const { status, primary, others } = report.diagnosis;
  const notAfter = learnt(report.facts, 'expiry.leafNotAfter');
  return [
    '# HELP tlsdoctor_healthy Whether the predicted client would get its answer (1), not (0), or the evidence does not decide (-1).',
    '# TYPE tlsdoctor_healthy gauge',
    `tlsdoctor_healthy{${target}} ${{ healthy: 1, problem: 0, inconclusive: -1 }[status]}`,
    '# HELP tlsdoctor_finding A cause that holds; the label primary tells the one that stops the client now.',
    '# TYPE tlsdoctor_finding gauge',
    ...[...(primary ? [primary] : []), ...others].map(
      found =>
        `tlsdoctor_finding{${target},cause="${label(found.cause)}",severity="${found.severity}",primary="${found === primary}"} 1`,
    ),
    ...(notAfter === undefined
      ? []
      : [
          '# HELP tlsdoctor_leaf_not_after_seconds End of the leaf certificate’s validity, Unix time.',
          '# TYPE tlsdoctor_leaf_not_after_seconds gauge',
          `tlsdoctor_leaf_not_after_seconds{${target}} ${Math.floor(Date.parse(notAfter) / 1000)}`,
        ]),
    '# HELP tlsdoctor_duration_seconds How long the diagnosis took.',
    '# TYPE tlsdoctor_duration_seconds gauge',
    `tlsdoctor_duration_seconds{${target}} ${report.durationMs / 1000}`,
    '',
  ].join('\n');
}

const label = (text: string) => line(text).replace(/\\/g, '\\\\').replace(/"/g, '\\"');
