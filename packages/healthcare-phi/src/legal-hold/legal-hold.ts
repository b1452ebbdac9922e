/** What a hold is on. */
export interface HoldScope {
  /** Absent, when asked about: every tenant. */
  readonly tenant?: string;
  /** Absent: the whole tenant. */
  readonly patientId?: string;
}

/** What the book of holds keeps. */
export interface HoldRecord {
  readonly kind: 'placed' | 'lifted';
  readonly tenant: string;
  /** `null`: the whole tenant. */
  readonly patientId: string | null;
  readonly at: number;
  readonly by: string;
  readonly reason: string;
}

/** Says whether data must be kept because of a dispute: erasure and purge ask before they act. */
export interface ILegalHold {
  /**
   * Whether anything in the scope is held: of a patient whether they or their tenant are; of a tenant whether it or
   * anybody in it is. Rejects when that can't be told, and then nothing may be erased.
   */
  isHeld(scope: HoldScope): Promise<boolean>;
}
