import assert from 'node:assert/strict';

import { idle } from '../application/virtual-time.js';
import type { StrategyPart } from './strategy-harness.js';

/** What it serves, and when it loads. */
export const servingPart: StrategyPart = (it) => {
  it('serves a fresh valid entry without loading', async (context) => {
    await context.read();
    await context.cache.settled();
    context.value = 'v2';
    for (let i = 0; i < 5; i++) assert.equal((await context.read()).value, 'v1');
    await idle();
    assert.equal(context.loads, 1);
  });

  it('loads once for all who ask at the same time', async (context) => {
    const reads = await Promise.all(Array.from({ length: 20 }, () => context.read()));
    assert.deepEqual([...new Set(reads.map(({ value }) => value))], ['v1']);
    assert.equal(context.loads, 1);
  });

  it('loads when the time to live is over', async (context) => {
    await context.read();
    await context.cache.settled();
    context.value = 'v2';
    context.clock.advance(60_001);
    assert.equal((await context.read()).value, 'v2');
  });

  it('says where a value comes from, and how old it is', async (context) => {
    const miss = await context.read();
    assert.deepEqual([miss.outcome, miss.tier, miss.ageMs], ['miss', null, 0]);
    await context.cache.settled();
    context.clock.advance(5_000);
    const hit = await context.read();
    assert.deepEqual([hit.outcome, hit.ageMs, hit.expiresInMs], ['hit', 5_000, 55_000]);
    assert.ok(hit.tier === 'l1' || hit.tier === 'l2');
    assert.ok(hit.freshForMs !== null && hit.freshForMs > 0);
  });

  it('loads on forceRefresh, whatever is cached, and stores that', async (context) => {
    await context.read();
    await context.cache.settled();
    context.value = 'v2';
    const forced = await context.read(context.load, { forceRefresh: true });
    assert.deepEqual([forced.value, forced.outcome], ['v2', 'miss']);
    await context.cache.settled();
    context.value = 'v3';
    assert.equal((await context.read()).value, 'v2');
  });

  it("hands the loader's very error to all who wait", async (context) => {
    const error = Object.assign(new Error('the source'), { detail: 7 });
    const fail = async (): Promise<string> => {
      context.loads++;
      throw error;
    };
    const reads = await Promise.allSettled(Array.from({ length: 5 }, () => context.read(fail)));
    for (const read of reads) {
      assert.ok(read.status === 'rejected' && read.reason === error, 'another error');
    }
    assert.equal(context.loads, 1);
    assert.equal((await context.read()).value, 'v1');
  });

  it('leaves the cache out for ttl 0', async (context) => {
    const outcomes: string[] = [];
    for (let i = 0; i < 3; i++) {
      outcomes.push((await context.read(context.load, { ttl: 0 })).outcome);
    }
    await context.cache.settled();
    assert.deepEqual([outcomes, context.loads], [['bypass', 'bypass', 'bypass'], 3]);
    assert.equal(context.store.size, 0);
  });
};
