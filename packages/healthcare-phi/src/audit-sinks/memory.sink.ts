import type { AuditLine } from '../audit/audit-line.js';
import type { AuditHead } from '../audit/audit-record.js';
import type { AuditBatch, AuditSink, AuditSinkHealth } from './audit-sink.js';
import { headOf } from './last-record.js';

/** Keeps lines in this process: for tests, and nothing else. */
export class MemoryAuditSink implements AuditSink {
  readonly name = 'memory';
  readonly lines: AuditLine[] = [];
  readonly #positions = new Map<string, number>();

  async open(): Promise<void> {
    // there is nothing to get ready
  }

  async append({ lines }: AuditBatch): Promise<boolean> {
    for (const line of lines) {
      if (line.position <= (this.#positions.get(line.chain) ?? 0)) continue;
      this.#positions.set(line.chain, line.position);
      this.lines.push(line);
    }
    return true;
  }

  async head(chain?: string): Promise<AuditHead | null> {
    return headOf(this.lines, (record) => chain === undefined || record.chain === chain);
  }

  health(): AuditSinkHealth {
    return { isUp: true };
  }

  async flush(): Promise<void> {
    // nothing outlasts this process
  }

  async close(): Promise<void> {
    // there is nothing to end
  }
}
