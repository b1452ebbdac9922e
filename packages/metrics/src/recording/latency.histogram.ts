import { build, type Histogram } from 'hdr-histogram-js';

/** Longer durations count as this, in microseconds: one hour. */
const LONGEST_US = 3_600_000_000;
/** Up to here the histogram is not asked: a cell for each microsecond needs none of its arithmetic. */
const SHORT_US = 2_048;

/**
 * Durations since start: whole microseconds up to 2 ms, two or three significant digits above. Its size is fixed,
 * whatever happens: the range is, and the counters hold 2^53 (the library's 32-bit ones wrap silently).
 */
export class LatencyHistogram {
  readonly #histogram: Histogram;
  /** Short durations; hits are among them, and should cost next to nothing. */
  readonly #short = new Float64Array(SHORT_US);

  /** @param digits 2: right to 1 %, about 45 KB; 3: to 0.1 %, 200 KB */
  constructor(digits: 2 | 3 = 3) {
    this.#histogram = build({
      bitBucketSize: 64,
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: LONGEST_US,
      numberOfSignificantValueDigits: digits,
      useWebAssembly: false, // must be awaited once and freed by hand
    });
  }

  record(durationMs: number, times = 1): void {
    const us = Math.round(durationMs * 1_000);
    if (us < SHORT_US) this.#short[us] = (this.#short[us] ?? 0) + times;
    else this.#histogram.recordValueWithCount(Math.min(LONGEST_US, us), times);
  }

  /** Takes in what another one has. */
  add(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
    other.#short.forEach((count, us) => (this.#short[us] = (this.#short[us] ?? 0) + count));
  }

  /** Milliseconds that `percent` of the durations did not exceed; 0 when there are none. */
  percentileMs(percent: number): number {
    const short = this.#short.reduce((sum, count) => sum + count, 0);
    const total = short + this.#histogram.totalCount;
    // The rank of the first duration that so many are not above, as the library counts.
    const rank = Math.max(1, Math.ceil((Math.min(percent, 100) / 100) * total - 1e-9));
    if (rank > short) {
      if (total === 0) return 0;
      const long = ((rank - short) / this.#histogram.totalCount) * 100;
      return this.#histogram.getValueAtPercentile(long) / 1_000;
    }
    let left = rank;
    return this.#short.findIndex((count) => (left -= count) <= 0) / 1_000;
  }

  reset(): void {
    this.#histogram.reset();
    this.#short.fill(0);
  }
}
