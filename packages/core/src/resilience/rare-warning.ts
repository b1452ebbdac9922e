import type { Clock } from '../clock/clock.js';
import type { CacheLogger } from '../service/cache-config.js';

/** No more than one line in this time, milliseconds. */
const PAUSE_MS = 60_000;

/** A warning that may have its reason over and over, such as a journal that is evicted again and again. */
export class RareWarning {
  readonly #logger: CacheLogger;
  readonly #clock: Clock;
  #saidAt = -Infinity;
  #unsaid = 0;

  constructor(logger: CacheLogger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** Says it, unless that was just done; how often it was left out is said with the next one. */
  say(line: string): void {
    const now = this.#clock.now();
    if (Math.abs(now - this.#saidAt) < PAUSE_MS) {
      this.#unsaid++;
      return;
    }
    const others = this.#unsaid > 0 ? ` (${this.#unsaid} more times since it was last said)` : '';
    this.#logger.warn(line + others);
    this.#saidAt = now;
    this.#unsaid = 0;
  }
}
