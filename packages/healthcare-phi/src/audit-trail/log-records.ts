import { parseLine } from '../audit/audit-line.js';
import type { AuditRecord } from '../audit/audit-record.js';
import { auditFiles } from '../audit-sinks/audit-directory.js';
import { logLines } from './log-lines.js';

/** A record and where it stands. */
export interface FoundRecord {
  readonly record: AuditRecord;
  readonly file: string;
  readonly line: number;
}

/** All records of a log, oldest file first. What can't be read is passed over: to find that is the job of `verifyAudit`. */
export async function* logRecords(directory: string): AsyncGenerator<FoundRecord> {
  for (const { path, name } of await auditFiles(directory)) {
    for await (const { text, isTorn, number } of logLines(path)) {
      const line = isTorn ? null : parseLine(text);
      if (line?.kind === 'record') yield { record: line.record, file: name, line: number };
    }
  }
}
