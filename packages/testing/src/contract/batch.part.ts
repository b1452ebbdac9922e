import assert from 'node:assert/strict';

import type { BatchStore } from '@vitalcache/core';

import { assertBytes, assertStored, bytes, everyByte } from './bytes.js';
import { expires } from './expiry.js';
import type { ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;

/** `getMany`, `setMany`, `delMany`. */
export const batchPart: ProviderPart = (it) => {
  it('getMany answers in the order of its keys, with null where absent', async ({
    provider,
    key,
  }) => {
    const [a, b, absent] = [key('a'), key('b'), key('absent')];
    await provider.set(a, bytes('A'), TTL_MS);
    await provider.set(b, everyByte(), TTL_MS);
    const found = await (provider as BatchStore).getMany([b, absent, a, b]);
    assert.equal(found.length, 4);
    assertBytes(found[0], everyByte());
    assertBytes(found[1], null);
    assertBytes(found[2], bytes('A'));
    assertBytes(found[3], everyByte());
  });

  it('getMany hands out arrays that the caller owns, duplicates included', async ({
    provider,
    key,
  }) => {
    const k = key();
    await provider.set(k, bytes('stored'), TTL_MS);
    const [one, two] = await (provider as BatchStore).getMany([k, k]);
    one?.fill(0);
    assertBytes(two, bytes('stored'));
    await assertStored(provider, k, bytes('stored'));
  });

  it('takes empty batches', async ({ provider }) => {
    const batch = provider as BatchStore;
    assert.deepEqual(await batch.getMany([]), []);
    assert.equal(await batch.setMany([]), undefined);
    assert.equal(await batch.delMany([]), 0);
  });

  it('setMany stores each item with its own time to live; the last of a key wins', async (context) => {
    const { provider, key } = context;
    const [short, long, twice] = [key('short'), key('long'), key('twice')];
    await (provider as BatchStore).setMany([
      { key: short, value: bytes('short'), ttlMs: 1_000 },
      { key: long, value: bytes('long'), ttlMs: TTL_MS },
      { key: twice, value: bytes('first'), ttlMs: TTL_MS },
      { key: twice, value: bytes('last'), ttlMs: TTL_MS },
    ]);
    await assertStored(provider, short, bytes('short'));
    await expires(context, short, 1_000);
    await assertStored(provider, long, bytes('long'));
    await assertStored(provider, twice, bytes('last'));
  });

  it('delMany counts the keys that existed, duplicates once', async ({ provider, key }) => {
    const [a, b, absent] = [key('a'), key('b'), key('absent')];
    await provider.set(a, bytes('A'), TTL_MS);
    await provider.set(b, bytes('B'), TTL_MS);
    assert.equal(await (provider as BatchStore).delMany([a, absent, b, a]), 2);
    await assertStored(provider, a, null);
    await assertStored(provider, b, null);
  });

  it('takes more keys than fit into one step of the store', async ({ provider, key }) => {
    const batch = provider as BatchStore;
    const items = Array.from({ length: 1_234 }, (_, i) => ({
      key: key(`n${i}`),
      value: bytes(`value ${i}`),
      ttlMs: TTL_MS,
    }));
    const keys = items.map((item) => item.key);
    await batch.setMany(items);
    const found = await batch.getMany(keys);
    items.forEach(({ value }, i) => assertBytes(found[i], value));
    assert.equal(await batch.delMany(keys), items.length);
    assert.ok((await batch.getMany(keys)).every((value) => value === null));
  });
};
