import { CacheService, type JournalStatus } from '@vitalcache/core';

import type { Invalidation } from './fleet-ledger.js';
import type { SimulatedStore } from './simulated-store.js';
import { StaleServingStrategy } from './stale-serving.strategy.js';
import { StoreLink } from './store-link.js';
import { ProcessTime, type VirtualClock } from './virtual-clock.js';

/** How the processes of a fleet are set up. */
export interface FleetSetup {
  readonly hasL1: boolean;
  readonly servesStale: boolean;
}

/** Bounds that are short, so that schedules reach them. */
export const BOUNDS = { blindAfterMs: 1_000, blindMaxMs: 5_000 };

/** One process of a fleet: a cache of its own, its way to the store and its own time. */
export class FleetProcess {
  readonly time: ProcessTime;
  readonly link: StoreLink;
  readonly cache: CacheService;
  /** Since it was paused others may rightly have taken over what it held. */
  wasPaused = false;
  /** Invalidations of others that it said to have seen. */
  readonly seen = new Set<Invalidation>();

  constructor(
    readonly id: number,
    store: SimulatedStore,
    clock: VirtualClock,
    random: () => number,
    { hasL1, servesStale }: FleetSetup,
  ) {
    this.time = new ProcessTime(clock);
    this.link = new StoreLink(store, clock, this.time);
    this.cache = new CacheService(this.link.provider(), {
      namespace: 'fleet',
      clock: this.time,
      random,
      sketchSlots: 2 ** 10,
      l1MaxBytes: hasL1 ? 20_000 : 0,
      strategies: servesStale ? [new StaleServingStrategy()] : [],
      maxQueuedInvalidations: 3,
      ...BOUNDS,
    });
  }

  pause(): void {
    this.wasPaused = true;
    this.time.pause();
  }

  /** How far it is with the journal, as it says itself. */
  async status(): Promise<JournalStatus> {
    return (await this.cache.status()).journal;
  }
}
