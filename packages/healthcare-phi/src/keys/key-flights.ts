import { CacheError, type Clock } from '@vitalcache/core';

import { inTime } from './in-time.js';
import { keyFailure } from './key-failure.js';

export interface KeyFlightOptions {
  readonly clock: Clock;
  /** For which a caller waits for a key at most, milliseconds. */
  readonly patienceMs: number;
  /** For which, after a failure, nobody tries again. */
  readonly pauseMs: number;
  /** Told of a failure where there was none for a minute. */
  readonly onFailure?: (error: CacheError) => void;
}

interface Pause {
  readonly until: number;
  readonly error: CacheError;
}

/** Most names that a pause is remembered for. */
const MAX_PAUSES = 10_000;
/** For which a failure is told of. */
const RECENT_MS = 60_000;

/**
 * Gets what many ask for at once: one asks the key store or the key service, all wait for it, none for longer than it is
 * ready to. What comes late is still kept by whoever works for it.
 */
export class KeyFlights {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #pauseMs: number;
  readonly #onFailure: ((error: CacheError) => void) | undefined;
  readonly #flights = new Map<string, Promise<unknown>>();
  readonly #pauses = new Map<string, Pause>();
  #failed: { readonly at: number; readonly error: CacheError } | null = null;

  constructor({ clock, patienceMs, pauseMs, onFailure }: KeyFlightOptions) {
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.#patienceMs = patienceMs;
    this.#pauseMs = pauseMs;
  }

  /** What failed last, if that was within a minute. */
  get failure(): CacheError | null {
    const agoMs = this.#clock.now() - (this.#failed?.at ?? -Infinity);
    return this.#failed && agoMs >= 0 && agoMs < RECENT_MS ? this.#failed.error : null;
  }

  /** Takes note of a failure that nobody waits for. */
  note(error: CacheError): void {
    const isNews = this.failure === null;
    this.#failed = { at: this.#clock.now(), error };
    if (isNews) this.#onFailure?.(error);
  }

  /**
   * @param name of what is asked for; the same work for the same name
   * @throws CacheError `STORE_TIMEOUT`, or what the work rejects with, scrubbed
   */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const running = this.#flights.get(name);
    if (running) return running as Promise<T>;
    const pause = this.#pauses.get(name);
    const leftMs = (pause?.until ?? 0) - this.#clock.now();
    if (pause && leftMs > 0 && leftMs <= this.#pauseMs) return Promise.reject(pause.error);
    const flight = this.#fly(name, work);
    this.#flights.set(name, flight);
    return flight;
  }

  async #fly<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      const value = await inTime(this.#clock, this.#patienceMs, work(), tooLate);
      this.#pauses.delete(name);
      return value;
    } catch (error) {
      const failure = keyFailure(error);
      this.#pause(name, failure);
      this.note(failure);
      throw failure;
    } finally {
      this.#flights.delete(name);
    }
  }

  #pause(name: string, error: CacheError): void {
    if (this.#pauses.size >= MAX_PAUSES) this.#pauses.clear();
    this.#pauses.set(name, { until: this.#clock.now() + this.#pauseMs, error });
  }
}

/** @throws CacheError `STORE_TIMEOUT` */
export function tooLate(): never {
  throw new CacheError(
    'STORE_TIMEOUT',
    "A key can't be had in time; check the key store and the key provider.",
  );
}
