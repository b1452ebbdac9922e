/** Time as metrics need it; injected so that tests can hold it still. */
export interface MetricsClock {
  /** Wall clock in milliseconds since 1970, for timestamps. */
  now(): number;
  /** Milliseconds, with fractions, since a moment of its own; never goes back. For durations and rates. */
  monotonic(): number;
}

/** The clocks of the machine. */
export const systemMetricsClock: MetricsClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
