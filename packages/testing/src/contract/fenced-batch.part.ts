import assert from 'node:assert/strict';

import type { FencedBatchStore, FencedWrite, LeaseStore } from '@vitalcache/core';
import fc from 'fast-check';

import { assertBytes, assertStored, bytes, everyByte } from './bytes.js';
import { expires } from './expiry.js';
import type { ProviderContext, ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;
const SAME = 2;
const FENCE = 4;
const [mine, theirs] = [bytes('mine'), bytes('theirs')];

/** `setFencedMany`. */
export const fencedBatchPart: ProviderPart = (it) => {
  it('tells of each item whether it was stored, in their order', async ({ provider, key }) => {
    const [free, later, twice] = [key('free'), key('later'), key('twice')];
    await provider.set(later, entry(9, 'stored'), TTL_MS);
    const items: [string, number][] = [
      [free, 1],
      [later, 8],
      [twice, 2],
      [twice, 1],
      [twice, 3],
    ];
    const writes = items.map(([k, fence]) => write(k, fence));
    assert.deepEqual(await offer(provider, writes), [true, false, true, false, true]);
    await assertStored(provider, free, entry(1));
    await assertStored(provider, later, entry(9, 'stored'));
    await assertStored(provider, twice, entry(3));
  });

  it('takes none, and more than fit into one step of the store', async ({ provider, key }) => {
    assert.deepEqual(await offer(provider, []), []);
    const writes = Array.from({ length: 700 }, (_, i) => write(key(), i));
    const refused = writes.filter((_, i) => i % 100 === 7);
    for (const { key: k } of refused) await provider.set(k, entry(1_000), TTL_MS);
    assert.deepEqual(
      await offer(provider, writes),
      writes.map((_, i) => i % 100 !== 7),
    );
    await assertStored(provider, writes[699]?.key ?? '', entry(699));
  });

  it('keeps bytes of every kind, and each its own time to live', async (context) => {
    const { provider, key } = context;
    const [short, long, empty] = [key('short'), key('long'), key('empty')];
    const items = [
      { key: short, value: bytes('short'), ttlMs: 1_000 },
      { key: long, value: everyByte(), ttlMs: TTL_MS },
      { key: empty, value: new Uint8Array(0), ttlMs: TTL_MS },
    ];
    assert.deepEqual(await offer(provider, items), [true, true, true]);
    await assertStored(provider, empty, new Uint8Array(0));
    await expires(context, short, 1_000);
    await assertStored(provider, long, everyByte());
  });

  it('does what one write after the other does', async (context) => {
    const writes = fc.array(fc.tuple(fc.nat(2), fc.nat(4)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(writes, (offers) => behavesAsTheModel(context, offers)),
      { numRuns: 30 },
    );
  });

  const releases = (when: string, stored: Uint8Array | null): void =>
    it(`releases the lease of what is ${when}, for its holder only`, async (context) => {
      const { provider, key } = context;
      const leases = provider as LeaseStore & typeof provider;
      const named = ['held', "another's", 'free', 'kept'].map((name) => key(name));
      const names = named.map((k) => ({ entry: `e:{${k}}`, lease: `l:{${k}}` }));
      if (stored) for (const one of names) await provider.set(one.entry, stored, TTL_MS);
      const [held, others, free, kept] = names as [Names, Names, Names, Names];
      for (const one of [held, kept]) await leases.acquireLease(one.lease, mine, TTL_MS);
      await leases.acquireLease(others.lease, theirs, TTL_MS);
      const withLease = (one: Names): FencedWrite => ({
        ...write(one.entry, 5),
        lease: { key: one.lease, token: mine },
      });
      const writes = [write(kept.entry, 5), withLease(others), withLease(held), withLease(free)];
      assert.deepEqual(
        await offer(provider, writes),
        writes.map(() => stored === null),
      );
      const holders = names.map(({ lease }) => provider.get(lease));
      const expected = [null, theirs, null, mine];
      (await Promise.all(holders)).forEach((holder, i) => assertBytes(holder, expected[i] ?? null));
    });
  releases('stored', null);
  releases('refused', entry(9));
};

interface Names {
  readonly entry: string;
  readonly lease: string;
}

async function behavesAsTheModel(
  { provider, key }: ProviderContext,
  offers: readonly (readonly [place: number, fence: number])[],
): Promise<void> {
  const keys = [key(), key(), key()];
  const model = new Map<string, number>();
  const expected = offers.map(([place, fence]) => {
    const k = keys[place] as string;
    const isTaken = fence >= (model.get(k) ?? 0);
    if (isTaken) model.set(k, fence);
    return isTaken;
  });
  const writes = offers.map(([place, fence]) => write(keys[place] as string, fence));
  assert.deepEqual(await offer(provider, writes), expected);
  for (const [k, fence] of model) await assertStored(provider, k, entry(fence));
}

function entry(fence: number, payload = 'new'): Uint8Array {
  return Uint8Array.from([...bytes('AB'), 0, 0, fence >> 8, fence & 0xff, ...bytes(payload)]);
}

function write(key: string, fence: number): FencedWrite {
  return { key, value: entry(fence), ttlMs: TTL_MS };
}

function offer(
  provider: ProviderContext['provider'],
  writes: readonly FencedWrite[],
): Promise<readonly (boolean | Error)[]> {
  return (provider as FencedBatchStore).setFencedMany(writes, SAME, FENCE);
}
