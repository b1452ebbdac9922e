import assert from 'node:assert/strict';

import type { InspectingStore } from '@vitalcache/core';

import { bytes } from './bytes.js';
import type { ProviderContext, ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;
const AMPLE_MS = 20_000;

/** `visitKeys`, `timesLeft`. */
export const inspectPart: ProviderPart = (it) => {
  it('visits all of several thousand keys that match, and no others', async (context) => {
    const prefix = context.key('visited:');
    const keys = Array.from({ length: 3_000 }, (_, i) => `${prefix}${i}`);
    await Promise.all(keys.map((key) => context.provider.set(key, bytes('x'), TTL_MS)));
    await context.provider.set(context.key('spared'), bytes('x'), TTL_MS);
    const seen = new Set<string>();
    const visit = async (page: readonly string[]): Promise<void> => {
      for (const key of page) seen.add(key);
    };
    assert.equal(await inspector(context).visitKeys(`${escaped(prefix)}*`, visit, AMPLE_MS), true);
    assert.deepEqual([...seen].sort(), keys.sort());
  });

  it('says so when the deadline ended it', async (context) => {
    const prefix = context.key('late:');
    await context.provider.set(`${prefix}1`, bytes('x'), TTL_MS);
    const isComplete = await inspector(context).visitKeys(
      `${escaped(prefix)}*`,
      () => undefined,
      0,
    );
    assert.equal(isComplete, false);
  });

  it('rejects with what the visit rejects with', async (context) => {
    const prefix = context.key('failing:');
    await context.provider.set(`${prefix}1`, bytes('x'), TTL_MS);
    const failed = new Error('visit');
    const visiting = inspector(context).visitKeys(
      `${escaped(prefix)}*`,
      () => Promise.reject(failed),
      AMPLE_MS,
    );
    await assert.rejects(visiting, (error) => error === failed);
  });

  it('tells how long keys have left', async (context) => {
    const [one, none] = [context.key(), context.key()];
    await context.provider.set(one, bytes('x'), TTL_MS);
    const [left, absent] = await inspector(context).timesLeft([one, none]);
    assert.ok(typeof left === 'number' && left > TTL_MS / 2 && left <= TTL_MS, `${left}`);
    assert.equal(absent, null);
    assert.deepEqual(await inspector(context).timesLeft([]), []);
  });
};

function inspector({ provider }: ProviderContext): InspectingStore {
  return provider as InspectingStore;
}

function escaped(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}
