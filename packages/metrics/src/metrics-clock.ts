import { systemClock, type Clock } from '@vitalcache/core';

/** Time as metrics need it; injected so that tests can hold it still. */
export interface MetricsClock extends Clock {
  /** Milliseconds, with fractions, since a moment of its own; never goes back. For durations. */
  monotonic(): number;
}

/** The clocks of the machine. */
export const systemMetricsClock: MetricsClock = {
  ...systemClock,
  monotonic: () => performance.now(),
};
