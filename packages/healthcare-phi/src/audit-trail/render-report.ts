import { printable } from '../audit/canonical-json.js';
import type { AuditRecord } from '../audit/audit-record.js';
import type { AuditReport } from './report-audit.js';

/** A report as text for a terminal or a file. Nothing that stands in a record can move the cursor or end a line. */
export function renderAuditReport(report: AuditReport): string {
  const { selection, records, events, failures } = report;
  const about = Object.entries(selection)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => `${name} ${printable(String(value))}`);
  const lines = [
    `Audit report: ${about.join(', ') || 'everything'}`,
    `${events} events in ${records.length} records, ${failures} failed or refused`,
    ...sums('By event', report.byEvent),
    ...sums('By actor', report.byActor),
    ...sums('By purpose', report.byPurpose),
    '',
    ...records.map(({ record, file, line }) => `${entry(record)}  [${file}:${line}]`),
  ];
  return `${lines.join('\n')}\n`;
}

function sums(title: string, counts: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(counts).map(([name, n]) => `${printable(name)} ${n}`);
  return entries.length > 0 ? [`${title}: ${entries.join(', ')}`] : [];
}

function entry(record: AuditRecord): string {
  const { time, event, outcome, actor, patient, tenant, template, level, purpose, grant } = record;
  const { source, isStale, onBehalfOf, count, detail } = record;
  const parts = [
    time,
    event,
    outcome === 0 ? 'ok' : `outcome ${outcome}`,
    `actor ${actor}`,
    onBehalfOf && `for ${onBehalfOf}`,
    patient && `patient ${patient}`,
    `tenant ${tenant}`,
    template,
    level,
    purpose && `purpose ${purpose}`,
    grant && `grant ${grant}`,
    source && `from ${source}${isStale ? ' (stale)' : ''}`,
    count && `${count} times`,
    detail &&
      Object.entries(detail)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
  ];
  return parts
    .filter((part): part is string => typeof part === 'string')
    .map(printable)
    .join('  ');
}
