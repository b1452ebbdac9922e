import assert from 'node:assert/strict';

import type { ComparingStore } from '@vitalcache/core';

import { assertBytes, assertStored, bytes, everyByte } from './bytes.js';
import { expires } from './expiry.js';
import type { ProviderContext, ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;
const [old, fresh] = [bytes('old: value'), bytes('fresh')];

/** What is expected, and whether stored bytes `old: value` are so. */
const TABLE: readonly (readonly [string, Uint8Array | null, boolean])[] = [
  ['the same bytes', old, true],
  ['how they begin', bytes('old:'), true],
  ['any bytes', new Uint8Array(0), true],
  ['another beginning', bytes('new:'), false],
  ['a beginning that differs in its last byte', bytes('old;'), false],
  ['more than there is', bytes('old: value, and more'), false],
  ['nothing', null, false],
];

/** `setIfUnchanged`. */
export const comparePart: ProviderPart = (it) => {
  for (const [what, expected, isSo] of TABLE) {
    it(`${isSo ? 'stores' : 'refuses'} over bytes when ${what} must be there`, async (context) => {
      const key = context.key();
      await context.provider.set(key, old, TTL_MS);
      assert.equal(await set(context, key, expected), isSo);
      await assertStored(context.provider, key, isSo ? fresh : old);
    });
  }

  it('stores over nothing only when nothing is expected', async (context) => {
    const [a, b, c] = [context.key(), context.key(), context.key()];
    assert.equal(await set(context, a, old), false);
    assert.equal(await set(context, b, new Uint8Array(0)), false);
    assert.equal(await set(context, c, null), true);
    await assertStored(context.provider, a, null);
    await assertStored(context.provider, b, null);
    await assertStored(context.provider, c, fresh);
  });

  it('an empty value that is there is not nothing', async (context) => {
    const key = context.key();
    await context.provider.set(key, new Uint8Array(0), TTL_MS);
    assert.equal(await set(context, key, null), false);
    assert.equal(await set(context, key, new Uint8Array(0)), true);
    await assertStored(context.provider, key, fresh);
  });

  it('compares and stores bytes of any value', async (context) => {
    const key = context.key();
    await context.provider.set(key, everyByte(), TTL_MS);
    const item = { key, value: everyByte().reverse(), ttlMs: TTL_MS };
    assert.equal(await store(context).setIfUnchanged(item, everyByte().subarray(0, 200)), true);
    assertBytes(await context.provider.get(key), everyByte().reverse());
  });

  it('takes an expired value for nothing', async (context) => {
    const [a, b] = [context.key('a'), context.key('b')];
    await context.provider.set(a, old, 1_000);
    await context.provider.set(b, old, 1_000);
    await expires(context, a, 1_000);
    await expires(context, b, 0);
    assert.equal(await set(context, a, old), false);
    assert.equal(await set(context, b, null), true);
  });

  it('sets the time to live anew', async (context) => {
    const [short, long] = [context.key('short'), context.key('long')];
    await context.provider.set(short, old, TTL_MS);
    await context.provider.set(long, old, 1_000);
    await set(context, short, old, 1_000);
    await set(context, long, old);
    await expires(context, short, 1_000);
    await assertStored(context.provider, long, fresh);
  });

  it('leaves the time to live when it refuses', async (context) => {
    const key = context.key();
    await context.provider.set(key, old, 1_000);
    assert.equal(await set(context, key, bytes('else')), false);
    await assertStored(context.provider, key, old);
    await expires(context, key, 1_000);
  });

  it('lets exactly one of many win who expect the same', async (context) => {
    const [absent, present] = [context.key('absent'), context.key('present')];
    await context.provider.set(present, old, TTL_MS);
    for (const [key, expected] of [
      [absent, null],
      [present, old],
    ] as const) {
      const values = Array.from({ length: 50 }, (_, i) => bytes(`winner ${i}`));
      const answers = await Promise.all(
        values.map((value) =>
          store(context).setIfUnchanged({ key, value, ttlMs: TTL_MS }, expected),
        ),
      );
      const winners = values.filter((_, i) => answers[i]);
      assert.equal(winners.length, 1);
      await assertStored(context.provider, key, winners[0] ?? null);
    }
  });
};

function store({ provider }: ProviderContext): ComparingStore {
  return provider as ComparingStore;
}

function set(
  context: ProviderContext,
  key: string,
  expected: Uint8Array | null,
  ttlMs = TTL_MS,
): Promise<boolean> {
  return store(context).setIfUnchanged({ key, value: fresh, ttlMs }, expected);
}
