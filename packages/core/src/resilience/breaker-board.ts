import { systemClock } from '../clock/clock.js';
import {
  assertBreakerSettings,
  CircuitBreakerService,
  type BreakerSettings,
  type BreakerState,
  type CircuitBreakerOptions,
} from './circuit-breaker.service.js';

/** More than a provider has stores; names that are made up without end must not fill the memory. */
const MAX_STORES = 1_000;
/** A store that was not asked for so many time-outs since it went down is taken for one that is no longer there. */
const GONE_AFTER = 10;

/** `gone`: the store was down, and nobody asks it any more. */
export type BreakerNews = BreakerState | 'gone';

export interface BreakerBoardOptions extends Omit<CircuitBreakerOptions, 'onStateChange'> {
  /** Told once per transition of a store, with the error that was behind the last failure. */
  readonly onNews: (store: string, news: BreakerNews, error: unknown) => void;
}

/** A breaker for each of the stores behind one provider, by name, from its first use on. */
export class BreakerBoard {
  readonly #onNews: BreakerBoardOptions['onNews'];
  readonly #options: Omit<BreakerBoardOptions, 'onNews'>;
  readonly #breakers = new Map<string, CircuitBreakerService>();
  readonly #asides: CircuitBreakerService[] = [];
  #settings: BreakerSettings;

  /** @throws CacheError `OPTION_INVALID` */
  constructor({ onNews, ...options }: BreakerBoardOptions) {
    this.#onNews = onNews;
    this.#options = options;
    const { threshold = 10, timeoutMs = 30_000 } = options;
    assertBreakerSettings({ threshold, timeoutMs });
    this.#settings = { threshold, timeoutMs };
  }

  get size(): number {
    return this.#breakers.size;
  }

  /** The worst of all. */
  get state(): BreakerState {
    this.#forgetGone();
    let worst: BreakerState = 'closed';
    for (const { state } of this.#breakers.values()) {
      if (state === 'open') return state;
      if (state === 'half-open') worst = state;
    }
    return worst;
  }

  /** Of each store that was asked so far. */
  get states(): Readonly<Record<string, BreakerState>> {
    this.#forgetGone();
    return Object.fromEntries([...this.#breakers].map(([store, { state }]) => [store, state]));
  }

  of(store: string): CircuitBreakerService {
    return this.#breakers.get(store) ?? this.#add(store);
  }

  /** One more, for what is no single store's: it follows the settings, and is neither reported nor part of the state. */
  aside(): CircuitBreakerService {
    const breaker = new CircuitBreakerService({ ...this.#options, ...this.#settings });
    this.#asides.push(breaker);
    return breaker;
  }

  /** @throws CacheError `OPTION_INVALID`; nothing is changed then */
  configure(change: Partial<BreakerSettings>): void {
    assertBreakerSettings(change);
    const { threshold = this.#settings.threshold, timeoutMs = this.#settings.timeoutMs } = change;
    this.#settings = { threshold, timeoutMs };
    for (const breaker of [...this.#breakers.values(), ...this.#asides]) breaker.configure(change);
  }

  #add(store: string): CircuitBreakerService {
    this.#forgetGone();
    if (this.#breakers.size >= MAX_STORES) this.#forgetOne();
    const breaker: CircuitBreakerService = new CircuitBreakerService({
      ...this.#options,
      ...this.#settings,
      onStateChange: (state, error) => {
        if (this.#breakers.get(store) === breaker) this.#onNews(store, state, error);
      },
    });
    this.#breakers.set(store, breaker);
    return breaker;
  }

  /** A topology that changes takes the names of its stores with it: what is gone must not count as down for ever. */
  #forgetGone(): void {
    const now = (this.#options.clock ?? systemClock).now();
    const { timeoutMs } = this.#settings;
    for (const [store, { state, openedAt }] of this.#breakers) {
      if (state !== 'closed' && now - openedAt >= timeoutMs * GONE_AFTER) this.#forget(store);
    }
  }

  #forgetOne(): void {
    const closed = [...this.#breakers].find(([, { state }]) => state === 'closed');
    const [store] = closed ?? [...this.#breakers][0] ?? [];
    if (store !== undefined) this.#forget(store);
  }

  #forget(store: string): void {
    const isDown = this.#breakers.get(store)?.state !== 'closed';
    this.#breakers.delete(store);
    if (isDown) this.#onNews(store, 'gone', undefined);
  }
}
