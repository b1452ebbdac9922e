import type { AuditLine } from '../audit/audit-line.js';
import type { AuditHead } from '../audit/audit-record.js';
import type { IAuditSigner } from '../audit/audit.signer.js';

/** For whom a sink keeps lines. */
export interface AuditSession {
  readonly node: string;
  /** The chain of this process. Lines of others, which crashed, may come before the first of it. */
  readonly chain: string;
  readonly signer: IAuditSigner;
}

/** Lines in the order of their chain. */
export interface AuditBatch {
  readonly lines: readonly AuditLine[];
  /** Whether somebody waits for them to outlast a crash of the machine. */
  readonly isDurable: boolean;
}

export interface AuditSinkHealth {
  readonly isUp: boolean;
  /** What is wrong; names no person. */
  readonly reason?: string;
}

/**
 * A place that keeps the audit log. It gets one batch at a time, except that one which took too long may still be under way
 * when the next comes; and it gets lines again when a batch failed. Lines whose position along their chain is not above
 * the last that it took are taken already: it must not keep them twice.
 */
export interface AuditSink {
  /** A word for alarms. */
  readonly name: string;
  /**
   * Gets ready; called once before anything else, and again if it failed.
   * @throws CacheError `CONFIG_INVALID` if it can't be used as it is set up, which keeps the application down
   */
  open(session: AuditSession): Promise<void>;
  /**
   * Resolves when the lines are taken: with whether they outlast a crash of the machine, which is seen to if the batch asks
   * for it. Rejects if any of them is not taken.
   */
  append(batch: AuditBatch): Promise<boolean>;
  /** The last record of a chain, or of the newest chain of this node; `null` if there is none or it can't be told. */
  head(chain?: string): Promise<AuditHead | null>;
  /** How it is set up, for the log itself: how long it keeps what, and who decided that. */
  describe?(): Readonly<Record<string, string | number | boolean>>;
  /** Answers at once. */
  health(): AuditSinkHealth;
  /** Resolves when everything that was taken outlasts a crash of the machine, as far as it ever does here. */
  flush(): Promise<void>;
  /** Ends it; takes what is needed to prove that nothing was cut off. */
  close(): Promise<void>;
}
