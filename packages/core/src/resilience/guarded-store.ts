import type { Clock } from '../clock/clock.js';
import type { PartitionedStore } from '../provider/cache-provider.js';
import { BreakerBoard, type BreakerNews } from './breaker-board.js';
import type { CacheErrorHandler } from './cache-error.handler.js';
import {
  CircuitBreakerService,
  type BreakerSettings,
  type BreakerState,
} from './circuit-breaker.service.js';
import { PartitionedGuard } from './partitioned.guard.js';
import { StoreGuard } from './store-guard.js';

export interface GuardedStoreOptions extends Partial<BreakerSettings> {
  /** `undefined`: the provider is one store. */
  readonly partitions: PartitionedStore | undefined;
  /** Of the provider: what its breaker is called if it is one store. */
  readonly name: string;
  readonly errors: CacheErrorHandler;
  readonly clock: Clock;
  readonly budgetMs: number;
  /** Told of every transition of a breaker. */
  readonly onNews: (store: string, news: BreakerNews) => void;
}

/** What keeps callers away from stores that are down, and how that stands. */
export interface GuardedStore {
  readonly guard: StoreGuard;
  /** One breaker, or one for each store: the worst state, and settings that hold for all. */
  readonly breaker: {
    readonly state: BreakerState;
    /** Of each, by the name of its store. */
    readonly states: Readonly<Record<string, BreakerState>>;
    configure(change: Partial<BreakerSettings>): void;
  };
}

/** @throws CacheError `OPTION_INVALID` */
export function guardStore({
  partitions,
  name,
  errors,
  clock,
  budgetMs,
  onNews,
  ...settings
}: GuardedStoreOptions): GuardedStore {
  const common = { errors, clock, budgetMs };
  if (!partitions) {
    const breaker = new CircuitBreakerService({
      ...settings,
      clock,
      onStateChange: (state, error) => {
        errors.breakerChanged(state, error);
        onNews(name, state);
      },
    });
    const one = {
      get state() {
        return breaker.state;
      },
      get states() {
        return { [name]: breaker.state };
      },
      configure: (change: Partial<BreakerSettings>) => breaker.configure(change),
    };
    return { breaker: one, guard: new StoreGuard({ ...common, breaker }) };
  }
  const board = new BreakerBoard({
    ...settings,
    clock,
    onNews: (store, news, error) => {
      errors.storeChanged(store, news, error);
      onNews(store, news);
    },
  });
  return { breaker: board, guard: new PartitionedGuard({ ...common, board, partitions }) };
}
