import { CacheService } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { startStore, type TestStore } from '@vitalcache/testing';
import { Redis } from 'ioredis-6';

import { LoadedEntries } from '../peers/loaded-entries.js';
import { expectValue } from './expect-value.js';
import type { IScenario, ScenarioContext, Way } from './scenario.js';
import { TimedWay } from './timed.way.js';

const CHUNK = 1_000;
const CALLERS = 64;
const TTL_SECONDS = 86_400;
const TAGS = ['all'];
const valueOf = (id: number): object => ({ id, name: `Name of ${id}`, isActive: id % 2 === 0 });
const keyOf = (id: number): string => `users:${id}`;

/** Whether an operation costs the same however much is stored. */
export const scaleScenario: IScenario = {
  name: 'scale',
  title:
    'What an operation costs in a store with so many entries: reading at random and storing at random, 64 at a time with the ' +
    'own memory off, and storing one more and invalidating it, one after the other. A store of its own for each size.',
  unit: 'us',
  reference: 'none',
  needsTime: true,
  axis: 'entries',
  async open(context) {
    const stocks: Stock[] = [];
    for (const entries of context.sizes.scale) stocks.push(await Stock.fill(entries));
    return stocks.flatMap((stock) => stock.ways(context));
  },
};

/** A store with so many entries. */
class Stock {
  #next = 1;

  private constructor(
    private readonly entries: number,
    private readonly store: TestStore,
    private readonly cache: CacheService,
    private readonly bytesPerEntry: number,
  ) {}

  static async fill(entries: number): Promise<Stock> {
    const store = await startStore('redis');
    const before = await usedBytes(store.url);
    const provider = new RedisCacheProvider(new RedisService({ url: store.url }));
    const namespace = `scale-${entries}`;
    const cache = new CacheService(provider, { namespace, l1MaxBytes: 0 });
    await cache.start();
    const { url } = store;
    const terms = { cache, url, namespace, ttlSeconds: TTL_SECONDS, tags: TAGS };
    const loaded = await LoadedEntries.open(terms);
    for (let first = 0; first < entries; first += CHUNK) {
      const ids = Array.from({ length: Math.min(CHUNK, entries - first) }, (_, i) => first + i);
      await loaded.store(ids.map((id) => [keyOf(id), valueOf(id)]));
    }
    loaded.close();
    const bytes = (await usedBytes(store.url)) - before;
    return new Stock(entries, store, cache, bytes / entries);
  }

  ways({ sizes }: ScenarioContext): Way[] {
    const { cache } = this;
    const write = (): Promise<unknown> => {
      const { key, value, ...options } = itemOf(this.#random());
      return cache.set(key, value, options);
    };
    const way = (name: string, concurrent: number, operation: () => Promise<unknown>): Way =>
      new TimedWay({
        name,
        at: this.entries,
        unit: 'us',
        roundMs: sizes.roundMs,
        concurrent,
        operation,
        check: () => this.#check(),
        details: async () => async () => ({
          'bytes an entry in the store': this.bytesPerEntry,
          'of them its JSON': JSON.stringify(valueOf(this.entries)).length,
        }),
        close: () => this.#close(),
      });
    return [
      way('read', CALLERS, () => cache.get(keyOf(this.#random()))),
      way('store', CALLERS, write),
      way('store, then invalidate', 1, async () => {
        const { key, value } = itemOf(this.entries);
        await cache.set(key, value, TTL_SECONDS);
        await cache.invalidateCache(key);
      }),
    ];
  }

  async #check(): Promise<void> {
    const ids = Array.from({ length: 100 }, () => this.#random());
    const found = await this.cache.batchGet<object>(ids.map(keyOf));
    expectValue('the values', found, ids.map(valueOf));
  }

  /** Ids all over the entries, the same in each run. */
  #random(): number {
    this.#next = (this.#next * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((this.#next / 2 ** 31) * this.entries);
  }

  async #close(): Promise<void> {
    await this.cache.close();
    await this.store.stop();
  }
}

const itemOf = (id: number) => ({
  key: keyOf(id),
  value: valueOf(id),
  ttl: TTL_SECONDS,
  tags: TAGS,
});

async function usedBytes(url: string): Promise<number> {
  const redis = new Redis(url);
  const info = await redis.info('memory');
  redis.disconnect();
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}
