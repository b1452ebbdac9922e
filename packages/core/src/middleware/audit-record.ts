import type { OperationKind, OperationOutcome } from './cache-middleware.js';

/** What was done, by whom and why, without saying to what in clear. */
export interface AuditRecord {
  /** Counts up within the process; a record that was written twice has the same number. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** `lost`: records are missing here, because the sink took none for too long. */
  readonly kind: OperationKind | 'lost';
  /** `failed`: it was refused or went wrong; `changed`: a setting; `lost`: as for the kind. */
  readonly outcome: OperationOutcome | 'failed' | 'changed' | 'lost';
  /** The key template, or `unnamed`. */
  readonly template: string;
  /** Hashes of the key, keys, tag or pattern, up to 1 000; empty if it concerned none. */
  readonly references: readonly string[];
  /** Stamp of the invalidation in the journal. */
  readonly stamp?: number;
  readonly actor?: string;
  readonly reason?: string;
  /** Old and new value of a setting, code of an error, size of a gap: never a key or a value. */
  readonly detail?: string;
}

/** Where audit records go. */
export interface IAuditSink {
  /** Resolves when the record is safe. May get the same record again after a failure. */
  write(record: AuditRecord): void | Promise<void>;
  /** Resolves when everything written so far is safe. */
  flush?(): void | Promise<void>;
}
