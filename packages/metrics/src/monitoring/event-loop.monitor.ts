import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

import type { MetricsClock } from '../metrics-clock.js';
import type { ISignalSource, SignalReading } from '../signals/signal-reading.js';
import type { IPerformanceMonitor } from './performance-monitor.js';

/** Time between samples; the delay is what a sample comes late, so that this much is its noise. */
const RESOLUTION_MS = 20;
/** A reading begins a new window if the last one is this old: several readers must not take it from each other. */
const WINDOW_MS = 30_000;

/** How late timers of this process come. Beyond a reading's window nothing is kept. */
interface Delay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

const NOTHING: Delay = { p99Ms: 0, maxMs: 0 };

/** Watches the delay of the event loop, which is what everything that this process does waits for. */
export class EventLoopMonitor implements IPerformanceMonitor, ISignalSource {
  readonly #clock: Pick<MetricsClock, 'monotonic'>;
  readonly #newHistogram: () => IntervalHistogram;
  #histogram: IntervalHistogram | null = null;
  #last = NOTHING;
  #turnedAt = 0;

  constructor(
    clock: Pick<MetricsClock, 'monotonic'>,
    newHistogram = () => monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
  ) {
    this.#clock = clock;
    this.#newHistogram = newHistogram;
  }

  start(): void {
    this.#histogram = this.#newHistogram();
    this.#histogram.enable();
    this.#last = NOTHING;
    this.#turnedAt = this.#clock.monotonic();
  }

  stop(): void {
    this.#histogram?.disable();
    this.#histogram = null;
  }

  collect(reading: SignalReading): void {
    const { p99Ms, maxMs } = this.#read();
    reading.add('event_loop.delay.p99', p99Ms / 1_000);
    reading.add('event_loop.delay.max', maxMs / 1_000);
  }

  /** The worse of the window before and the one that is being filled. */
  #read(): Delay {
    const histogram = this.#histogram;
    if (!histogram) return NOTHING;
    const now = delayOf(histogram);
    const worst = {
      p99Ms: Math.max(now.p99Ms, this.#last.p99Ms),
      maxMs: Math.max(now.maxMs, this.#last.maxMs),
    };
    if (this.#clock.monotonic() - this.#turnedAt < WINDOW_MS) return worst;
    this.#last = now;
    this.#turnedAt = this.#clock.monotonic();
    histogram.reset();
    return worst;
  }
}

/** Nanoseconds between samples, less the time that was meant to lie between them. */
function delayOf(histogram: IntervalHistogram): Delay {
  if (histogram.count === 0) return NOTHING;
  const late = (ns: number): number => Math.max(0, ns / 1_000_000 - RESOLUTION_MS);
  return { p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) };
}
