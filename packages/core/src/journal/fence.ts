/**
 * One uninterrupted history of invalidations. Epochs are ordered by their genesis stamp, then by nonce; entries of
 * another epoch than the current one are never served.
 */
export interface Epoch {
  /** Stamp of the genesis record, microseconds. */
  readonly stamp: number;
  /** Random 32 bit, so that two geneses of one microsecond differ. */
  readonly nonce: number;
}

/**
 * How much of history a load had seen before it started: captured in one synchronous step before the load, kept in
 * the entry's header. An entry is valid if no invalidation that covers it has a stamp later than `position`.
 */
export interface Fence {
  readonly epoch: Epoch;
  /** Stamp of the last record of the unbroken run that the process had applied. */
  readonly position: number;
}

/** Total order of epochs: negative when `a` is older. */
export function compareEpochs(a: Epoch, b: Epoch): number {
  return a.stamp - b.stamp || a.nonce - b.nonce;
}

export function isSameEpoch(a: Epoch, b: Epoch): boolean {
  return a.stamp === b.stamp && a.nonce === b.nonce;
}

/** Whether a load that started at `fence` had seen everything that one at `other` had. */
export function hasSeenAll(fence: Fence, other: Fence): boolean {
  return isSameEpoch(fence.epoch, other.epoch) && fence.position >= other.position;
}
