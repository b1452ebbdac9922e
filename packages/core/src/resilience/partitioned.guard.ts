import type { PartitionedStore } from '../provider/cache-provider.js';
import type { BreakerBoard } from './breaker-board.js';
import type { CircuitBreakerService } from './circuit-breaker.service.js';
import { StoreGuard, type StoreGuardOptions } from './store-guard.js';

export interface PartitionedGuardOptions extends Omit<StoreGuardOptions, 'breaker'> {
  readonly board: BreakerBoard;
  readonly partitions: PartitionedStore;
}

/** Of keys whose store the provider can't name. */
const UNNAMED = 'unnamed';

/**
 * The guard of a provider that is several stores: each has its own. What is asked of all at once (sweeps) passes here,
 * and counts for none of them.
 */
export class PartitionedGuard extends StoreGuard {
  readonly #options: PartitionedGuardOptions;
  readonly #guards = new WeakMap<CircuitBreakerService, StoreGuard>();
  readonly #journal: StoreGuard;
  /** Most questions are for the store that the one before was for. */
  #last: { readonly breaker: CircuitBreakerService; readonly guard: StoreGuard } | null = null;

  constructor(options: PartitionedGuardOptions) {
    super({ ...options, breaker: options.board.aside() });
    this.#options = options;
    this.#journal = new StoreGuard({ ...options, breaker: options.board.aside() });
  }

  /** One store keeps the journal: what holds it up must not count against the others, nor theirs against it. */
  override get journal(): StoreGuard {
    return this.#journal;
  }

  override of(key: string): StoreGuard {
    const breaker = this.#options.board.of(this.#storeOf(key));
    if (this.#last?.breaker === breaker) return this.#last.guard;
    let guard = this.#guards.get(breaker);
    if (!guard) {
      guard = new StoreGuard({ ...this.#options, breaker });
      this.#guards.set(breaker, guard);
    }
    this.#last = { breaker, guard };
    return guard;
  }

  override groups(keys: readonly string[]): ReadonlyMap<StoreGuard, readonly string[]> {
    const groups = new Map<StoreGuard, string[]>();
    for (const key of keys) {
      const guard = this.of(key);
      const group = groups.get(guard);
      if (group) group.push(key);
      else groups.set(guard, [key]);
    }
    return groups;
  }

  #storeOf(key: string): string {
    try {
      const name: unknown = this.#options.partitions.partitionOf(key);
      return typeof name === 'string' ? name : UNNAMED;
    } catch {
      return UNNAMED; // a topology that is not known yet; asking for the key tells what is wrong
    }
  }
}
