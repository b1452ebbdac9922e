/**
 * Data for an emergency, which can't be had without its age. Show `asOf` wherever you show `data`: allergies or
 * medication of an hour ago may be wrong by now, and `stale` data is what was known when the source last answered.
 */
export interface EmergencyResult<T> {
  readonly data: T;
  /** Whether it is older than its time to live, and given because its source fails or does not answer in time. */
  readonly stale: boolean;
  /** When its load began. */
  readonly asOf: Date;
  readonly ageMs: number;
  readonly source: 'cache' | 'origin';
}
