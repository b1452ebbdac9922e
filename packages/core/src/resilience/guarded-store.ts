import type { Clock } from '../clock/clock.js';
import type { PartitionedStore } from '../provider/cache-provider.js';
import { BreakerBoard } from './breaker-board.js';
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
  readonly errors: CacheErrorHandler;
  readonly clock: Clock;
  readonly budgetMs: number;
}

/** What keeps callers away from stores that are down, and how that stands. */
export interface GuardedStore {
  readonly guard: StoreGuard;
  /** One breaker, or one for each store: the worst state, and settings that hold for all. */
  readonly breaker: {
    readonly state: BreakerState;
    configure(change: Partial<BreakerSettings>): void;
  };
}

/** @throws CacheError `OPTION_INVALID` */
export function guardStore({
  partitions,
  errors,
  clock,
  budgetMs,
  ...settings
}: GuardedStoreOptions): GuardedStore {
  const common = { errors, clock, budgetMs };
  if (!partitions) {
    const onStateChange = errors.breakerChanged;
    const breaker = new CircuitBreakerService({ ...settings, clock, onStateChange });
    return { breaker, guard: new StoreGuard({ ...common, breaker }) };
  }
  const board = new BreakerBoard({ ...settings, clock, onNews: errors.storeChanged });
  return { breaker: board, guard: new PartitionedGuard({ ...common, board, partitions }) };
}
