import { setTimeout as sleep } from 'node:timers/promises';

import { CacheService } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';

import { StoreClock } from '../measuring/store-clock.js';
import { quantile } from '../measuring/statistics.js';
import { fanOutTag, TailPool } from '../running/tail.pool.js';
import { expectValue } from './expect-value.js';
import type { IScenario, Sample, ScenarioContext, Way } from './scenario.js';

const EVERY_MS = 5;
/** What is late still comes. */
const LATE_MS = 400;

/** What a record costs the store when many processes follow the journal. */
export const journalFanOutScenario: IScenario = {
  name: 'journal-fan-out',
  title:
    'The store’s time on a processor for each record while so many processes follow the journal, at 200 records a second; ' +
    'and how much later than the invalidation’s begin the processes have applied it.',
  unit: 'us',
  reference: 'none',
  axis: 'processes that follow',
  roundShare: 0.3,
  open: async (context) => {
    const ways: Way[] = [];
    for (const count of context.sizes.tails) ways.push(await FanOutWay.open(count, context));
    return ways;
  },
};

class FanOutWay implements Way {
  readonly name = 'vitalcache';

  private constructor(
    readonly at: number,
    private readonly cache: CacheService,
    private readonly pool: TailPool,
    private readonly clock: StoreClock,
    private readonly records: number,
  ) {}

  static async open(count: number, { url, sizes }: ScenarioContext): Promise<FanOutWay> {
    const namespace = `fan-out-${count}`;
    const records = sizes.invalidations;
    const provider = new RedisCacheProvider(new RedisService({ url }));
    const cache = new CacheService(provider, { namespace, l1MaxBytes: 0 });
    await cache.start();
    const pool = await TailPool.start({ url, namespace, count, tags: records });
    return new FanOutWay(count, cache, pool, new StoreClock(url), records);
  }

  async check(): Promise<void> {
    const { lags } = await this.#invalidate();
    expectValue('records that were heard of', lags.length, this.records * Math.min(4, this.at));
  }

  async round(): Promise<Sample> {
    const idle = await this.#idle();
    const [startedAt, before] = [performance.now(), await this.clock.cpuUs()];
    const { lags } = await this.#invalidate();
    const busyUs = (await this.clock.cpuUs()) - before - idle * (performance.now() - startedAt);
    const details = { 'lag p50 ms': quantile(lags, 0.5), 'lag p99 ms': quantile(lags, 0.99) };
    return { value: Math.max(0, busyUs) / this.records, details };
  }

  async close(): Promise<void> {
    this.clock.close();
    await this.pool.close();
    await this.cache.close();
  }

  /** One record each, paced: how late each process heard of it. */
  async #invalidate(): Promise<{ readonly lags: number[] }> {
    const begunAt: number[] = [];
    const calls = [];
    for (let tag = 0; tag < this.records; tag++) {
      begunAt.push(Date.now());
      calls.push(this.cache.invalidateCacheByTag(fanOutTag(tag)));
      await sleep(EVERY_MS);
    }
    await Promise.all(calls);
    await sleep(LATE_MS);
    const heard = await this.pool.heardAt();
    const lags = heard.flatMap((times) =>
      Object.entries(times).map(([tag, at]) => at - (begunAt[Number(tag)] as number)),
    );
    return { lags: lags.filter((lag) => lag >= 0) };
  }

  /** What the store does while nothing is recorded, in microseconds a millisecond. */
  async #idle(): Promise<number> {
    const before = await this.clock.cpuUs();
    await sleep(LATE_MS);
    return ((await this.clock.cpuUs()) - before) / LATE_MS;
  }
}
