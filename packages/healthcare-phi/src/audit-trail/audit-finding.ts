/**
 * What can be wrong with a log. `damage`: somebody or something changed it. `note`: worth knowing, and explained by a crash,
 * by a gap that was declared, or by time.
 */
export type FindingKind =
  | 'edited-line'
  | 'unreadable-line'
  | 'foreign-line'
  | 'missing-records'
  | 'out-of-order'
  | 'repeated-records'
  | 'checkpoint-forged'
  | 'checkpoint-mismatch'
  | 'checkpoint-missing'
  | 'unsigned-records'
  | 'digest-forged'
  | 'digest-mismatch'
  | 'digest-missing'
  | 'file-missing'
  | 'chain-missing'
  | 'tail-cut'
  | 'anchor-forged'
  | 'torn-line'
  | 'unsigned-tail'
  | 'declared-gap'
  | 'clock-back'
  | 'clock-jump'
  | 'expired'
  | 'no-log';

export interface AuditFinding {
  readonly severity: 'damage' | 'note';
  readonly kind: FindingKind;
  /** Name of the file, without its directory. Absent: concerns none. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly chain?: string;
  /** A sentence; names no person. */
  readonly message: string;
}

/** How a log was found. */
export interface AuditVerification {
  readonly verdict: 'intact' | 'damaged' | 'unverifiable';
  /** 0 intact, 1 damaged, 2 could not be checked. */
  readonly exitCode: 0 | 1 | 2;
  /** In the order of files and lines. */
  readonly findings: readonly AuditFinding[];
  readonly files: number;
  readonly chains: number;
  readonly records: number;
  readonly checkpoints: number;
}
