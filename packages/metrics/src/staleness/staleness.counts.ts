/**
 * What a probe found of what was served.
 * - `fresh`: no invalidation covers it
 * - `late`: one does, since no longer than invalidations may take to arrive; `stale`: since longer
 * - `absent`: nothing would be served any more; `unknown`: it could not be told
 */
export type ProbeOutcome = 'fresh' | 'late' | 'stale' | 'absent' | 'unknown';

/**
 * What the source said of what was served.
 * - `same`: it has the same; `outdated`: it has had something else for a while, and the cache still serves this
 * - `moved`: the entry was replaced or dropped while it was compared; `failed`: the check did not answer in time
 */
export type CheckOutcome = 'same' | 'outdated' | 'moved' | 'failed';

/** How old what was served was: upper bounds in seconds; the last bucket holds the rest. */
export const AGE_BUCKETS_S = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400] as const;

/** The last ten minutes, a minute each. */
const MINUTES = 10;
const MINUTE_MS = 60_000;
const MILLION = 1_000_000;

/** One minute. */
interface Tally {
  readonly minute: number;
  fresh: number;
  late: number;
  stale: number;
  same: number;
  outdated: number;
}

/** What was found lately. */
export type RecentTally = Omit<Tally, 'minute'>;

/** Counts what probes find: since start, and of the last ten minutes. */
export class StalenessCounts {
  readonly probes: Record<ProbeOutcome, number> = {
    fresh: 0,
    late: 0,
    stale: 0,
    absent: 0,
    unknown: 0,
  };
  readonly checks: Record<CheckOutcome, number> = { same: 0, outdated: 0, moved: 0, failed: 0 };
  /** By {@link AGE_BUCKETS_S}, each without those before. */
  readonly ages = new Array<number>(AGE_BUCKETS_S.length + 1).fill(0);
  totalAgeMs = 0;
  /** How long the worst of what was served had been invalid, since start. */
  maxCoveredMs = 0;
  #recent: Tally[] = [];

  addProbe(outcome: ProbeOutcome, coveredForMs: number, nowMs: number): void {
    this.probes[outcome]++;
    this.maxCoveredMs = Math.max(this.maxCoveredMs, coveredForMs);
    if (outcome !== 'absent' && outcome !== 'unknown') this.#tally(nowMs)[outcome]++;
  }

  addCheck(outcome: CheckOutcome, nowMs: number): void {
    this.checks[outcome]++;
    if (outcome === 'same' || outcome === 'outdated') this.#tally(nowMs)[outcome]++;
  }

  addAge(ageMs: number): void {
    const bucket = AGE_BUCKETS_S.findIndex((bound) => ageMs <= bound * 1_000);
    const at = bucket < 0 ? AGE_BUCKETS_S.length : bucket;
    this.ages[at] = (this.ages[at] ?? 0) + 1;
    this.totalAgeMs += ageMs;
  }

  recent(nowMs: number): RecentTally {
    const sum = { fresh: 0, late: 0, stale: 0, same: 0, outdated: 0 };
    for (const tally of this.#alive(nowMs)) {
      for (const name of Object.keys(sum) as (keyof RecentTally)[]) sum[name] += tally[name];
    }
    return sum;
  }

  #tally(nowMs: number): Tally {
    const minute = Math.floor(nowMs / MINUTE_MS);
    const last = this.#recent.at(-1);
    if (last?.minute === minute) return last;
    const tally = { minute, fresh: 0, late: 0, stale: 0, same: 0, outdated: 0 };
    this.#recent = [...this.#alive(nowMs), tally];
    return tally;
  }

  /** Also those of a clock that was set back are gone in time. */
  #alive(nowMs: number): Tally[] {
    const minute = Math.floor(nowMs / MINUTE_MS);
    return this.#recent.filter((tally) => Math.abs(minute - tally.minute) < MINUTES);
  }
}

/** How many in a million reads got something invalid, late arrivals included; 0 if nothing is known. */
export function stalePerMillion({ fresh, late, stale }: RecentTally): number {
  return perMillion(late + stale, fresh + late + stale);
}

/** How many in a million checked reads got something other than the source has; 0 if nothing is known. */
export function outdatedPerMillion({ same, outdated }: RecentTally): number {
  return perMillion(outdated, same + outdated);
}

function perMillion(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * MILLION;
}
