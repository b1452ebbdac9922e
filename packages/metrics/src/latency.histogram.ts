import { build } from 'hdr-histogram-js';

/** Longer durations count as this, in microseconds: one hour. */
const LONGEST_US = 3_600_000_000;
/** Up to here the histogram has a cell for each microsecond, which can as well be counted without its arithmetic. */
const SHORT_US = 2_048;

/**
 * Durations since start: whole microseconds, with three significant digits above 2 ms. About 200 KB, whatever happens:
 * the range is fixed, and the counters hold 2^53 (the library's 32-bit ones wrap silently).
 */
export class LatencyHistogram {
  readonly #histogram = build({
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false, // must be awaited once and freed by hand
  });
  /** Short durations that the histogram does not have yet: hits are among them, and should cost next to nothing. */
  readonly #short = new Float64Array(SHORT_US);

  record(durationMs: number): void {
    const us = Math.round(durationMs * 1_000);
    if (us < SHORT_US) this.#short[us] = (this.#short[us] ?? 0) + 1;
    else this.#histogram.recordValue(Math.min(LONGEST_US, us));
  }

  /** Milliseconds that `percent` of the durations did not exceed; 0 when there are none. */
  percentileMs(percent: number): number {
    this.#short.forEach((count, us) => {
      if (count > 0) this.#histogram.recordValueWithCount(us, count);
    });
    this.#short.fill(0);
    return this.#histogram.getValueAtPercentile(percent) / 1_000;
  }

  reset(): void {
    this.#histogram.reset();
    this.#short.fill(0);
  }
}
