/** How much there is to do, as a step: each one sheds one priority more. */
export type PressureLevel = 'none' | 'low' | 'medium' | 'high';

/** What is measured, and from where on it means low, medium and high pressure. */
export interface PressureThresholds {
  /** Shares of time, 0 to 1, that the event loop is busy. */
  readonly utilization: Steps;
  /** Milliseconds that the oldest waiting refresh has waited. */
  readonly queueAgeMs: Steps;
}

type Steps = readonly [low: number, medium: number, high: number];

/** A level, and the measurement that led to it, in words. */
export interface Pressure {
  readonly level: PressureLevel;
  readonly cause: string;
}

export const DEFAULT_THRESHOLDS: PressureThresholds = {
  utilization: [0.7, 0.85, 0.95],
  queueAgeMs: [1_000, 3_000, 10_000],
};

const LEVELS = ['none', 'low', 'medium', 'high'] as const;
const SAMPLE_MS = 100;
/** Time for which an open breaker counts, and which a level lasts at least before it falls by one step. */
const HOLD_MS = 1_000;
/** A level is left only this far below where it is entered. */
const LEAVE_RATIO = 0.9;
/** With a store down all its reads are loads already; background work makes it worse, except the most wanted. */
const BREAKER_LEVEL = 2;

export interface PressureSources {
  readonly thresholds: PressureThresholds;
  now(): number;
  utilization(): number;
  queueAgeMs(): number;
}

/**
 * Turns measurements into a level that does not flap: it rises by one step a sample (100 ms), so that one busy moment
 * sheds little, and falls by one step a second, once the measurement is a tenth below the step. Without timers: it
 * measures when it is asked.
 */
export class PressureGauge {
  readonly #sources: PressureSources;
  #step = 0;
  #cause = 'nothing';
  #sampledAt: number;
  #changedAt: number;
  #breakerAt = -Infinity;

  constructor(sources: PressureSources) {
    this.#sources = sources;
    this.#sampledAt = this.#changedAt = sources.now();
  }

  /** A refresh was refused because the breaker of its store is open. */
  noteBreakerOpen(): void {
    this.#breakerAt = this.#sources.now();
    this.read(); // such refusals may be all that happens
  }

  read(): Pressure {
    const now = this.#sources.now();
    if (now < this.#sampledAt) this.#sampledAt = this.#changedAt = now; // the clock was set back
    if (now - this.#sampledAt >= SAMPLE_MS) this.#sample(now);
    return { level: LEVELS[this.#step] ?? 'none', cause: this.#cause };
  }

  #sample(now: number): void {
    this.#sampledAt = now;
    const { step, cause } = this.#measure(now);
    if (step >= this.#step) this.#cause = cause;
    if (step > this.#step) {
      this.#step++;
      this.#changedAt = now;
    }
    if (step === this.#step) this.#changedAt = now;
    while (step < this.#step && now - this.#changedAt >= HOLD_MS) {
      this.#step--;
      this.#changedAt += HOLD_MS;
    }
  }

  /** The highest step that anything measured asks for. */
  #measure(now: number): { readonly step: number; readonly cause: string } {
    const { thresholds } = this.#sources;
    const busy = this.#sources.utilization();
    const ageMs = this.#sources.queueAgeMs();
    const isBroken = now >= this.#breakerAt && now - this.#breakerAt < HOLD_MS;
    const measured = [
      {
        step: this.#stepOf(busy, thresholds.utilization),
        cause: `event-loop utilisation ${busy.toFixed(2)}`,
      },
      { step: this.#stepOf(ageMs, thresholds.queueAgeMs), cause: `queue age ${ageMs} ms` },
      { step: isBroken ? BREAKER_LEVEL : 0, cause: 'an open breaker' },
    ];
    return measured.reduce((highest, next) => (next.step > highest.step ? next : highest));
  }

  #stepOf(value: number, thresholds: Steps): number {
    return thresholds.filter(
      (enter, index) => value >= (index < this.#step ? enter * LEAVE_RATIO : enter),
    ).length;
  }
}
