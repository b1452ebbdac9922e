import assert from 'node:assert/strict';

import { assertStored, bytes, everyByte } from './bytes.js';
import { expires } from './expiry.js';
import type { ProviderContext, ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;

const VALUES: readonly (readonly [string, Uint8Array])[] = [
  ['nothing at all', new Uint8Array(0)],
  ['every byte value', everyByte()],
  ['text that is not ASCII', bytes('Zoë Ångström \u{1F9EA}')],
  ['a window on a larger buffer', new Uint8Array(everyByte().buffer, 100, 20)],
  ['1 MiB', Uint8Array.from({ length: 2 ** 20 }, (_, i) => (i * 31) % 256)],
];

const KEYS: readonly (readonly [string, string])[] = [
  ['braces and colons', 'a:{b}:c'],
  ['glob characters', '*?[a-z]\\^'],
  ['spaces and line ends', ' a\r\nb\t'],
  ['quotes and NUL', `'"\u0000`],
  ['characters beyond the BMP', '\u{1F9EA}é\u4e2d'],
  ['10 kB', 'k'.repeat(10_240)],
];

/** `get`, `set`, `del`: what every provider owes. */
export const basicPart: ProviderPart = (it) => {
  it('resolves with null for a key that was never set', async ({ provider, key }) => {
    await assertStored(provider, key(), null);
  });

  for (const [what, value] of VALUES) {
    it(`gives back ${what} as it was stored`, async ({ provider, key }) => {
      const k = key();
      await provider.set(k, value, TTL_MS);
      await assertStored(provider, k, value);
    });
  }

  for (const [what, odd] of KEYS) {
    it(`takes keys with ${what}`, async ({ provider, key }) => {
      const [k, other] = [key(odd), key(`${odd}x`)];
      await provider.set(k, bytes('this'), TTL_MS);
      await provider.set(other, bytes('other'), TTL_MS);
      await assertStored(provider, k, bytes('this'));
      await provider.del(k);
      await assertStored(provider, k, null);
      await assertStored(provider, other, bytes('other'));
    });
  }

  it('replaces value and time to live on a second set', async (context) => {
    const { provider, key } = context;
    const k = key();
    await provider.set(k, bytes('first, and longer'), 50);
    await provider.set(k, bytes('second'), TTL_MS);
    await pass(context, 60);
    await assertStored(provider, k, bytes('second'));
  });

  it('forgets a key when its time to live is over, and no other', async (context) => {
    const { provider, key } = context;
    const [short, long] = [key('short'), key('long')];
    await provider.set(long, bytes('long'), TTL_MS);
    await provider.set(short, bytes('short'), 1_000);
    await assertStored(provider, short, bytes('short'));
    await expires(context, short, 1_000);
    await assertStored(provider, long, bytes('long'));
  });

  it('counts in del what existed, or nothing if it does not know', async ({ provider, key }) => {
    const k = key();
    await provider.set(k, bytes('x'), TTL_MS);
    const counts = [await provider.del(k), await provider.del(k)];
    const isSilent = counts.every((count) => count === undefined);
    if (!isSilent) assert.deepEqual(counts, [1, 0]);
    await assertStored(provider, k, null);
  });

  it('hands out arrays that the caller owns', async ({ provider, key }) => {
    const k = key();
    await provider.set(k, bytes('stored'), TTL_MS);
    const [one, two] = await Promise.all([provider.get(k), provider.get(k)]);
    one?.fill(0);
    assert.deepEqual([...(two ?? [])], [...bytes('stored')]);
    await assertStored(provider, k, bytes('stored'));
  });

  it('keeps what it was given even if the caller reuses the array', async ({ provider, key }) => {
    const k = key();
    const value = bytes('given');
    await provider.set(k, value, TTL_MS);
    value.fill(0);
    await assertStored(provider, k, bytes('given'));
  });
};

/** Lets `ms` pass for the store. */
async function pass(context: ProviderContext, ms: number): Promise<void> {
  const probe = context.key('probe');
  await context.provider.set(probe, bytes('probe'), ms);
  await expires(context, probe, ms);
}
