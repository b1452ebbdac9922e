import assert from 'node:assert/strict';

import { KEY, type StrategyPart } from './strategy-harness.js';

const OTHERS = ['users:8:profile', 'users:9:profile'] as const;

/** `cacheMany`: each key goes the strategy's way. */
export const batchPart: StrategyPart = (it) => {
  it('asks the loader in one call for what is missing, and keeps the order', async (context) => {
    await context.read();
    await context.cache.settled();
    const calls: (readonly string[])[] = [];
    const loadMissing = (keys: readonly string[]): string[] => {
      calls.push(keys);
      return keys.map((key) => `of ${key}`);
    };
    const keys = [OTHERS[0], KEY, OTHERS[1], KEY];
    const expected = [`of ${OTHERS[0]}`, 'v1', `of ${OTHERS[1]}`, 'v1'];
    const options = context.options();
    assert.deepEqual(await context.cache.cacheMany(keys, loadMissing, options), expected);
    await context.cache.settled();
    assert.deepEqual(await context.cache.cacheMany(keys, loadMissing, options), expected);
    assert.deepEqual(calls, [OTHERS]);
  });

  it('loads anew what an invalidation covers, and that alone', async (context) => {
    let version = 1;
    const loadMissing = (keys: readonly string[]): string[] =>
      keys.map((key) => `${key} v${version}`);
    const keys = [KEY, ...OTHERS];
    const options = context.options();
    await context.cache.cacheMany(keys, loadMissing, options);
    await context.cache.settled();
    version = 2;
    await context.cache.invalidateCache(OTHERS[0]);
    assert.deepEqual(await context.cache.cacheMany(keys, loadMissing, options), [
      `${KEY} v1`,
      `${OTHERS[0]} v2`,
      `${OTHERS[1]} v1`,
    ]);
  });
};
