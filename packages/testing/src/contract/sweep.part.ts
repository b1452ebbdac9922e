import assert from 'node:assert/strict';

import type { SweepingStore } from '@vitalcache/core';

import { bytes } from './bytes.js';
import type { ProviderContext, ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;
const AMPLE_MS = 20_000;

/** Pattern behind the prefix, keys that it matches, keys that it does not. */
const TABLE: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['users:*', ['users:', 'users:1', 'users:1:posts'], ['user:1', 'xusers:1']],
  ['*', ['', 'a', 'a:b:c'], []],
  ['a?c', ['abc', 'a:c'], ['ac', 'abbc']],
  ['[a-c]x', ['ax', 'cx'], ['dx', 'x']],
  ['[^a-c]x', ['dx'], ['ax']],
  ['a\\*b', ['a*b'], ['axb', 'a\\*b']],
  ['{t}:*:end', ['{t}:1:end', '{t}:1:2:end'], ['{t}:1:ending', '{t}:end']],
  ['plain', ['plain'], ['plain:1', 'plai']],
];

/** `invalidateCacheByPattern`. */
export const sweepPart: ProviderPart = (it) => {
  for (const [pattern, matched, spared] of TABLE) {
    it(`removes what ${pattern} matches and nothing else`, async (context) => {
      const prefix = context.key('sweep:');
      await fill(context, prefix, [...matched, ...spared]);
      const removal = await sweeper(context).invalidateCacheByPattern(
        escaped(prefix) + pattern,
        AMPLE_MS,
      );
      assert.deepEqual(removal, { removed: matched.length, complete: true });
      assert.deepEqual(await present(context, prefix, [...matched, ...spared]), [...spared]);
    });
  }

  it('removes nothing, completely, when nothing matches', async (context) => {
    const removal = await sweeper(context).invalidateCacheByPattern(
      `${escaped(context.key())}:none:*`,
      AMPLE_MS,
    );
    assert.deepEqual(removal, { removed: 0, complete: true });
  });

  it('finds all of several thousand keys', async (context) => {
    const prefix = context.key('many:');
    const labels = Array.from({ length: 3_000 }, (_, i) => `${i}`);
    await fill(context, prefix, labels);
    const removal = await sweeper(context).invalidateCacheByPattern(
      `${escaped(prefix)}*`,
      AMPLE_MS,
    );
    assert.deepEqual(removal, { removed: 3_000, complete: true });
  });

  it('says that it is not complete when the deadline ended it', async (context) => {
    const prefix = context.key('late:');
    await fill(context, prefix, ['1', '2', '3']);
    const { removed, complete } = await sweeper(context).invalidateCacheByPattern(
      `${escaped(prefix)}*`,
      0,
    );
    const left = await present(context, prefix, ['1', '2', '3']);
    assert.equal(complete, false);
    assert.equal(removed, 3 - left.length);
  });
};

function sweeper({ provider }: ProviderContext): SweepingStore {
  return provider as SweepingStore;
}

async function fill(
  { provider }: ProviderContext,
  prefix: string,
  labels: readonly string[],
): Promise<void> {
  await Promise.all(labels.map((label) => provider.set(prefix + label, bytes('x'), TTL_MS)));
}

async function present(
  { provider }: ProviderContext,
  prefix: string,
  labels: readonly string[],
): Promise<string[]> {
  const values = await Promise.all(labels.map((label) => provider.get(prefix + label)));
  return labels.filter((_, i) => values[i]);
}

function escaped(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}
