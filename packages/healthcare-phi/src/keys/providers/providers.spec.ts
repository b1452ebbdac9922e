import { randomBytes } from 'node:crypto';

import { CacheError } from '@vitalcache/core';

import { generateKeyring, generateRingKey } from '../keyring/generate-keyring.js';
import { Keyring } from '../keyring/keyring.js';
import type { KeyProvider, WrapContext } from './key-provider.js';
import { LocalKeyringProvider } from './local-keyring.provider.js';
import { MultiProvider } from './multi.provider.js';

const CONTEXT: WrapContext = { tenant: 'pseudonym', epoch: 100, purpose: 'tek' };
const RAW = randomBytes(32);
const DOWN = new CacheError('STORE_UNAVAILABLE', 'down');

function kek(...keys: object[]): Keyring {
  return Keyring.parse(JSON.stringify({ ...JSON.parse(generateKeyring()), kek: keys }));
}
const key = (id: string, state: string): object => ({ ...generateRingKey('kek'), id, state });

describe('LocalKeyringProvider', () => {
  it('unwraps what it wrapped, differently each time', async () => {
    const provider = new LocalKeyringProvider(kek(key('a', 'enabled')));
    const [one, other] = await Promise.all([
      provider.wrap(RAW, CONTEXT),
      provider.wrap(RAW, CONTEXT),
    ]);
    expect(one).not.toEqual(other);
    expect(await provider.unwrap(one, CONTEXT)).toEqual(RAW);
    expect(one.includes(RAW)).toBe(false);
    expect(await provider.health()).toEqual({ isUsable: true, reason: '' });
  });

  it.each<[string, Partial<WrapContext>]>([
    ['tenant', { tenant: 'other' }],
    ['epoch', { epoch: 101 }],
    ['purpose', { purpose: 'check' }],
  ])('refuses it for another %s', async (_, change) => {
    const provider = new LocalKeyringProvider(kek(key('a', 'enabled')));
    const wrapped = await provider.wrap(RAW, CONTEXT);
    await expect(provider.unwrap(wrapped, { ...CONTEXT, ...change })).rejects.toMatchObject({
      code: 'STORE_REFUSED',
    });
  });

  it('refuses every bit flipped and every truncation', async () => {
    const provider = new LocalKeyringProvider(kek(key('a', 'enabled')));
    const wrapped = await provider.wrap(RAW, CONTEXT);
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const flipped = Buffer.from(wrapped);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      await expect(provider.unwrap(flipped, CONTEXT)).rejects.toBeInstanceOf(CacheError);
    }
    for (let length = 0; length < wrapped.length; length++) {
      const cut = wrapped.subarray(0, length);
      await expect(provider.unwrap(cut, CONTEXT)).rejects.toBeInstanceOf(CacheError);
    }
  });

  it('needs a kek', () => {
    expect(() => new LocalKeyringProvider(kek())).toThrow(/has no kek/);
  });

  it('exchanges its key in steps, with processes of two steps side by side at any time', async () => {
    const [old, next] = [generateRingKey('kek'), generateRingKey('kek')];
    const gone = { id: old.id, state: 'destroyed' };
    const stages = [
      [{ ...old, state: 'enabled' }],
      [{ ...old, state: 'enabled' }, next],
      [{ ...next, state: 'enabled' }, old],
      [{ ...next, state: 'enabled' }, gone],
    ].map((keys) => new LocalKeyringProvider(kek(...keys)));
    for (const [index, stage] of stages.entries()) {
      const wrapped = await stage.wrap(RAW, CONTEXT);
      for (const near of stages.slice(Math.max(0, index - 1), index + 2)) {
        expect(await near.unwrap(wrapped, CONTEXT)).toEqual(RAW);
      }
    }
    const [first, last] = [stages.at(0), stages.at(-1)] as [KeyProvider, KeyProvider];
    expect(await last.unwrap(await first.wrap(RAW, CONTEXT), CONTEXT)).toBeNull();
    expect(last.currentKekId()).toBe(next.id);
  });
});

describe('MultiProvider', () => {
  const fake = (id: string, change: Partial<KeyProvider> = {}): KeyProvider => ({
    id,
    currentKekId: () => `${id}-key`,
    wrap: async (raw) => Buffer.from(raw),
    unwrap: async (wrapped) => Buffer.from(wrapped),
    health: async () => ({ isUsable: true, reason: '' }),
    ...change,
  });
  const down = (id: string): KeyProvider =>
    fake(id, {
      wrap: () => Promise.reject(DOWN),
      unwrap: () => Promise.reject(DOWN),
      health: async () => ({ isUsable: false, reason: `${id} is down` }),
    });
  const gone = (id: string): KeyProvider => fake(id, { unwrap: async () => null });

  it('wraps with all, and unwraps with any one of them', async () => {
    const wrapped = await new MultiProvider([fake('a'), fake('b')]).wrap(RAW, CONTEXT);
    const unwrapped = (...providers: KeyProvider[]): Promise<Buffer | null> =>
      new MultiProvider(providers).unwrap(wrapped, CONTEXT);
    expect(await unwrapped(fake('a'), fake('b'))).toEqual(RAW);
    expect(await unwrapped(down('a'), fake('b'))).toEqual(RAW);
    expect(await unwrapped(fake('a'), down('b'))).toEqual(RAW);
    expect(await unwrapped(gone('a'), fake('b'))).toEqual(RAW);
    expect(await unwrapped(fake('b'))).toEqual(RAW);
  });

  it('tells what is gone from what can not be had now', async () => {
    const wrapped = await new MultiProvider([fake('a'), fake('b')]).wrap(RAW, CONTEXT);
    const unwrap = (...providers: KeyProvider[]): Promise<Buffer | null> =>
      new MultiProvider(providers).unwrap(wrapped, CONTEXT);
    expect(await unwrap(gone('a'), gone('b'))).toBeNull();
    await expect(unwrap(gone('a'), down('b'))).rejects.toBe(DOWN);
    await expect(unwrap(down('a'), down('b'))).rejects.toBe(DOWN);
    await expect(unwrap(fake('c'))).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });

  it('wraps while one of them is down, and says so', async () => {
    const multi = new MultiProvider([down('a'), fake('b')]);
    expect(await multi.unwrap(await multi.wrap(RAW, CONTEXT), CONTEXT)).toEqual(RAW);
    expect(await multi.health()).toEqual({ isUsable: true, reason: 'a is down' });
    await expect(new MultiProvider([down('a')]).wrap(RAW, CONTEXT)).rejects.toBe(DOWN);
  });

  it('refuses to be none, or two of one id, and takes no text for a wrapped key', async () => {
    expect(() => new MultiProvider([])).toThrow(/one or more/);
    expect(() => new MultiProvider([fake('a'), fake('a')])).toThrow(/id of its own/);
    for (const text of ['', 'x', 'null', '[]', '{"a":1}']) {
      const unwrapped = new MultiProvider([fake('a')]).unwrap(Buffer.from(text), CONTEXT);
      await expect(unwrapped).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    }
  });
});
