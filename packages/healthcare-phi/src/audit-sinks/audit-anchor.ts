import type { SignedCheckpoint } from '../audit/audit-checkpoint.js';

/**
 * A second place for checkpoints, out of reach of whoever can change the log: without one, nobody can see that the end of a
 * log was cut off.
 */
export interface AuditAnchor {
  /** Resolves when it is safe. May get the same one again after a failure. */
  append(checkpoint: SignedCheckpoint): Promise<void>;
  /** All that were taken, as far as they are still there. */
  read(): Promise<readonly SignedCheckpoint[]>;
  close?(): Promise<void>;
}
