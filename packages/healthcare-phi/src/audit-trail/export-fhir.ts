import { toFhirAuditEvent, type FhirMappingOptions } from '../audit-sinks/fhir-mapping.js';
import type { FhirAuditEvent } from '../audit-sinks/fhir-audit-event.js';
import { logRecords } from './log-records.js';

export interface ExportFhirOptions extends FhirMappingOptions {
  /** Only what was recorded from then on; epoch milliseconds. */
  readonly fromMs?: number;
  /** Only what was recorded before; epoch milliseconds. */
  readonly toMs?: number;
  readonly patient?: string;
}

/** The AuditEvents of a log, one by one. */
async function* fhirEvents(
  directory: string,
  options: ExportFhirOptions = {},
): AsyncGenerator<FhirAuditEvent> {
  const { fromMs = -Infinity, toMs = Infinity, patient } = options;
  for await (const { record } of logRecords(directory)) {
    const at = Date.parse(record.time);
    if (at < fromMs || at >= toMs) continue;
    if (patient === undefined || record.patient === patient)
      yield toFhirAuditEvent(record, options);
  }
}

/**
 * Writes the log in a directory as FHIR R4 AuditEvents; resolves with how many there were.
 * @param format `ndjson`: one resource a line; `bundle`: one Bundle of type `batch`, as a FHIR feed takes it
 * @param write takes pieces of text one after the other, in order
 */
export async function exportFhir(
  directory: string,
  format: 'ndjson' | 'bundle',
  write: (text: string) => void | Promise<void>,
  options: ExportFhirOptions = {},
): Promise<number> {
  let count = 0;
  if (format === 'bundle') await write('{"resourceType":"Bundle","type":"batch","entry":[');
  for await (const event of fhirEvents(directory, options)) {
    const resource = JSON.stringify(event);
    const entry = `{"resource":${resource},"request":{"method":"POST","url":"AuditEvent"}}`;
    await write(format === 'ndjson' ? `${resource}\n` : `${count > 0 ? ',' : ''}${entry}`);
    count++;
  }
  if (format === 'bundle') await write(']}\n');
  return count;
}
