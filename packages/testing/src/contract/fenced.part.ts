import assert from 'node:assert/strict';

import type { FencedStore } from '@vitalcache/core';
import fc from 'fast-check';

import { assertBytes, assertStored, bytes } from './bytes.js';
import { expires } from './expiry.js';
import type { ProviderContext, ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;
const SAME = 2;
const FENCE = 4;

const [early, middle, late] = [
  [0x00, 0x7f, 0xff, 0xff],
  [0x00, 0x80, 0x00, 0x00],
  [0x80, 0x00, 0x00, 0x00],
];

/** What is stored, what is to be stored, and whether the store must take it. */
const TABLE: readonly (readonly [string, Uint8Array | null, Uint8Array, boolean])[] = [
  ['nothing is stored', null, entry('AB', middle, 'new'), true],
  ['the stored fence is equal', entry('AB', middle, 'old'), entry('AB', middle, 'new'), true],
  ['the stored fence is earlier', entry('AB', early, 'old'), entry('AB', middle, 'new'), true],
  ['the stored fence is later', entry('AB', late, 'old'), entry('AB', middle, 'new'), false],
  [
    'it is later in its last bit only',
    entry('AB', [0, 0, 0, 1], 'old'),
    entry('AB', [0, 0, 0, 0], ''),
    false,
  ],
  [
    'it is later in its first bit only',
    entry('AB', late, 'old'),
    entry('AB', [0x7f, 255, 255, 255], ''),
    false,
  ],
  [
    'a high byte is not taken for a negative one',
    entry('AB', [0x7f, 0, 0, 0], ''),
    entry('AB', late, ''),
    true,
  ],
  ['the prefix differs', entry('AC', late, 'old'), entry('AB', early, 'new'), true],
  [
    'the stored bytes are shorter than the fence',
    entry('AB', [255, 255], ''),
    entry('AB', early, 'new'),
    true,
  ],
  ['the stored bytes are empty', new Uint8Array(0), entry('AB', early, 'new'), true],
  ['the new bytes are shorter than the fence', entry('AB', late, 'old'), bytes('AB'), true],
];

/** `setFenced`. */
export const fencedPart: ProviderPart = (it) => {
  for (const [when, stored, fresh, isTaken] of TABLE) {
    it(`${isTaken ? 'stores' : 'refuses'} when ${when}`, async ({ provider, key }) => {
      const k = key();
      if (stored) await provider.set(k, stored, TTL_MS);
      assert.equal(await offer(provider as FencedStore, k, fresh), isTaken);
      await assertStored(provider, k, isTaken ? fresh : stored);
    });
  }

  it('counts what has expired as nothing', async (context) => {
    const { provider, key } = context;
    const k = key();
    await provider.set(k, entry('AB', late, 'old'), 1_000);
    await expires(context, k, 1_000);
    assert.equal(await offer(provider as FencedStore, k, entry('AB', early, 'new')), true);
  });

  it('sets the time to live', async (context) => {
    const { provider, key } = context;
    const item = { key: key(), value: entry('AB', early, 'new'), ttlMs: 1_000 };
    await provider.set(item.key, entry('AB', early, 'old'), TTL_MS);
    await (provider as FencedStore).setFenced(item, SAME, FENCE);
    await expires(context, item.key, 1_000);
  });

  it('never replaces a later fence of the same prefix, whatever the order', async (context) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anEntry(), { minLength: 1, maxLength: 12 }), (offers) =>
        behavesAsTheModel(context, offers),
      ),
      { numRuns: 60 },
    );
  });

  it('leaves the latest of concurrent offers', async ({ provider, key }) => {
    const k = key();
    const offers = Array.from({ length: 64 }, (_, i) =>
      entry('AB', [0, 0, 0, (i * 37) % 64], `${i}`),
    );
    await Promise.all(offers.map((value) => offer(provider as FencedStore, k, value)));
    assert.equal((await provider.get(k))?.[SAME + FENCE - 1], 63);
  });
};

async function behavesAsTheModel(
  { provider, key }: ProviderContext,
  offers: readonly Uint8Array[],
): Promise<void> {
  const k = key();
  let model: Uint8Array | null = null;
  for (const fresh of offers) {
    const isTaken: boolean = !model || !isLater(model, fresh);
    assert.equal(await offer(provider as FencedStore, k, fresh), isTaken);
    if (isTaken) model = fresh;
  }
  assertBytes(await provider.get(k), model);
}

/** The rule in other words than the stores': as numbers. */
function isLater(stored: Uint8Array, fresh: Uint8Array): boolean {
  const [a, b] = [stored, fresh].map((value) => Buffer.from(value));
  if (!a || !b || a.length < SAME + FENCE || b.length < SAME + FENCE) return false;
  return a.readUInt16BE(0) === b.readUInt16BE(0) && a.readUInt32BE(SAME) > b.readUInt32BE(SAME);
}

function anEntry(): fc.Arbitrary<Uint8Array> {
  const prefix = fc.constantFrom('AB', 'AC');
  const interesting = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff);
  const fence = fc.array(interesting, { minLength: 0, maxLength: FENCE });
  return fc.tuple(prefix, fence, fc.string({ maxLength: 3 })).map((parts) => entry(...parts));
}

function entry(prefix: string, fence: readonly number[] | undefined, payload: string): Uint8Array {
  return Uint8Array.from([...bytes(prefix), ...(fence ?? []), ...bytes(payload)]);
}

function offer(store: FencedStore, key: string, value: Uint8Array): Promise<boolean> {
  return store.setFenced({ key, value, ttlMs: TTL_MS }, SAME, FENCE);
}
