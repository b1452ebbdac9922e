import assert from 'node:assert/strict';

import type { ProviderContext } from './provider-harness.js';
import { until } from './until.js';

/**
 * Lets `ms` pass for the store, after which `isOver` must hold: at once where the suite moves the clock, else within a
 * generous bound of the store's own time.
 */
export async function passes(
  { harness }: ProviderContext,
  ms: number,
  what: string,
  isOver: () => Promise<boolean>,
): Promise<void> {
  if (!harness.advance) return until(what, isOver);
  await harness.advance(ms);
  assert.ok(await isOver(), `not so after ${ms} ms: ${what}`);
}

/** Lets `ms` pass for the store, after which `key` must be gone. */
export function expires(context: ProviderContext, key: string, ms: number): Promise<void> {
  return passes(
    context,
    ms,
    `${key.slice(-20)} is gone`,
    async () => (await context.provider.get(key)) === null,
  );
}
