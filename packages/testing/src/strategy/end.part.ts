import assert from 'node:assert/strict';

import { idle } from '../application/virtual-time.js';
import type { StrategyPart } from './strategy-harness.js';

const HOUR_MS = 3_600_000;

/** `close`: it ends, and nothing runs afterwards. */
export const endPart: StrategyPart = (it) => {
  it('resolves, also when it is called twice', async (context) => {
    await context.read();
    let isClosed = false;
    const closing = (async () => {
      await context.strategy.close?.();
      await context.strategy.close?.();
      isClosed = true;
    })();
    for (let i = 0; i < 60 && !isClosed; i++) await context.pass(1_000);
    assert.ok(isClosed, 'close did not resolve within a minute');
    await closing;
  });

  it('leaves nothing running', async (context) => {
    await context.read();
    await context.cache.settled();
    for (const ms of [20_000, 20_000, 19_000]) {
      context.clock.advance(ms); // so that whatever is done in the background has begun
      await context.read();
    }
    await context.close();
    const { loads } = context;
    const { asked } = context.store;
    for (let hour = 0; hour < 24; hour++) await context.pass(HOUR_MS);
    await idle();
    assert.deepEqual([context.loads, context.store.asked], [loads, asked]);
  });
};
