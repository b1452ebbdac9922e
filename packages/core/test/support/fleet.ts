import type { IJournalLog } from '../../src/journal/journal-log.js';
import { CacheService } from '../../src/service/cache.service.js';
import type { CacheConfig } from '../../src/service/cache-config.js';
import { FakeClock, settle } from './fake-clock.js';
import { SharedStore } from './shared.store.js';

/** Caches of several simulated processes over one store, and a source of truth that can be slow or down. */
export class Fleet {
  readonly clock = new FakeClock();
  readonly store = new SharedStore(this.clock);
  readonly caches: CacheService[] = [];

  /** One more process, with its own view of the journal if one is given. */
  async join(config: CacheConfig = {}, journal?: IJournalLog): Promise<CacheService> {
    const cache = new CacheService(this.store.provider(journal), {
      clock: this.clock,
      sketchSlots: 2 ** 10,
      random: () => 0.5,
      defaults: { jitterRatio: 0 },
      ...config,
    }) as CacheService;
    this.caches.push(cache);
    await cache.start();
    return cache;
  }

  async close(): Promise<void> {
    const closing = Promise.all(this.caches.map((cache) => cache.close()));
    await this.clock.advance(60_000);
    await closing;
  }
}

/** A loader that ends when the test says so. */
export function slowLoader<T>(): {
  load: () => Promise<T>;
  readonly calls: number;
  resolve(value: T): void;
  reject(error: unknown): void;
} {
  const open: { resolve: (value: T) => void; reject: (error: unknown) => void }[] = [];
  let calls = 0;
  return {
    load: () => {
      calls++;
      return new Promise<T>((resolve, reject) => open.push({ resolve, reject }));
    },
    get calls() {
      return calls;
    },
    resolve: (value) => open.shift()?.resolve(value),
    reject: (error) => open.shift()?.reject(error),
  };
}

export { settle };
