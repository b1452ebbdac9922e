import assert from 'node:assert/strict';

import type { InvalidationResult } from '@vitalcache/core';

import { idle } from '../application/virtual-time.js';
import type { StrategyContext, StrategyPart } from './strategy-harness.js';

/** The ways to invalidate what the suite reads. */
const WAYS: Readonly<Record<string, (context: StrategyContext) => Promise<InvalidationResult>>> = {
  key: ({ cache }) => cache.invalidateCache('users:7:profile'),
  tag: ({ cache }) => cache.invalidateCacheByTag('user:7'),
  prefix: ({ cache }) => cache.invalidateCacheByPattern('users:7:*'),
  pattern: ({ cache }) => cache.invalidateCacheByPattern('*:7:pro?ile'),
  clear: ({ cache }) => cache.clear(),
};

/** Nothing is served that an invalidation covers. */
export const validityPart: StrategyPart = (it) => {
  for (const [way, invalidate] of Object.entries(WAYS)) {
    it(`never serves what an invalidation by ${way} covers`, async (context) => {
      await context.read();
      await context.cache.settled();
      context.value = 'v2';
      assert.equal((await invalidate(context)).recorded, true);
      for (let i = 0; i < 3; i++) {
        assert.equal((await context.read()).value, 'v2');
        await context.cache.settled();
      }
    });

    it(`never serves what an invalidation by ${way} covers that overlaps its load`, async (context) => {
      const deliveries: (() => void)[] = [];
      const slow = async (): Promise<string> => {
        const { value } = context;
        await new Promise<void>((resolve) => deliveries.push(resolve));
        return value;
      };
      const early = context.read(slow);
      await idle();
      context.value = 'v2';
      await invalidate(context);
      const during = context.read();
      await idle();
      for (const deliver of deliveries) deliver();
      await early; // it asked before the invalidation: either value is right
      assert.equal((await during).value, 'v2');
      await context.cache.settled();
      for (let i = 0; i < 3; i++) assert.equal((await context.read()).value, 'v2');
    });
  }

  it('never serves what an invalidation covers when the source fails then', async (context) => {
    await context.read();
    await context.cache.settled();
    await context.cache.invalidateCache('users:7:profile');
    const error = new Error('the source');
    const failing = context.read(() => Promise.reject(error), { staleIfErrorMs: 60_000 });
    await assert.rejects(failing, (reason) => reason === error);
  });
};
