import { CacheError, EnvironmentReader, readCacheSettings, isCacheError } from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';

import { MemoryCacheProvider } from './memory-cache.provider.js';
import { providerPackage } from './memory-provider.package.js';

const one = Uint8Array.of(1);

describe('MemoryCacheProvider', () => {
  it.each([0, -1, 1.5, NaN, Infinity])('refuses maxBytes %p', (maxBytes) => {
    expect(() => new MemoryCacheProvider({ maxBytes })).toThrow(CacheError);
  });

  it('refuses what it has no option for', () => {
    expect(() => new MemoryCacheProvider({ maxBytess: 1 } as object)).toThrow(
      'MemoryCacheProvider has no maxBytess (did you mean maxBytes?); accepted: maxBytes, now, random.',
    );
  });

  it('lets others run during a long sweep', async () => {
    const provider = new MemoryCacheProvider();
    const items = Array.from({ length: 5_000 }, (_, i) => ({
      key: `k${i}`,
      value: one,
      ttlMs: 1_000,
    }));
    await provider.setMany(items);
    const order: string[] = [];
    const sweeping = provider
      .invalidateCacheByPattern('k*', 60_000)
      .then(() => order.push('swept'));
    setImmediate(() => order.push('other'));
    await sweeping;
    expect(order).toEqual(['other', 'swept']);
  });

  it('ends a sweep at its deadline and says how far it came', async () => {
    const clock = new FakeClock();
    const provider = new MemoryCacheProvider({ now: () => clock.now() + calls++ * 10 });
    let calls = 0;
    const items = Array.from({ length: 5_000 }, (_, i) => ({
      key: `k${i}`,
      value: one,
      ttlMs: 1e9,
    }));
    await provider.setMany(items);
    const { removed, complete } = await provider.invalidateCacheByPattern('k*', 15_000);
    expect(complete).toBe(false);
    expect(removed).toBeGreaterThan(0);
    expect(removed).toBeLessThan(5_000);
  });

  it('keeps namespaces apart in the journal, and draws nonces from its own randomness', async () => {
    const provider = new MemoryCacheProvider({ random: () => 0.5 });
    const { record } = await provider.journal('a').open('1;x', 0);
    expect(record.nonce).toBe(2 ** 31);
    expect((await provider.journal('b').read(0, 1)).head).toBeNull();
  });

  it('rejects everything with CLOSED after close', async () => {
    const provider = new MemoryCacheProvider();
    await provider.set('k', one, 1_000);
    await provider.close();
    const attempts = [
      provider.get('k'),
      provider.set('k', one, 1_000),
      provider.getMany(['k']),
      provider.setFenced({ key: 'k', value: one, ttlMs: 1 }, 0, 0),
      provider.setIfUnchanged({ key: 'k', value: one, ttlMs: 1 }, null),
      provider.acquireLease('k', one, 1),
      provider.extendLease('k', one, 1),
      provider.invalidateCacheByPattern('*', 1_000),
    ];
    for (const attempt of attempts) {
      const error = await attempt.catch((reason: unknown) => reason);
      expect(isCacheError(error, 'CLOSED')).toBe(true);
    }
    expect(await provider.status()).toMatchObject({ connected: false, memoryBytes: 0 });
  });

  it('is empty when it is connected again after close', async () => {
    const provider = new MemoryCacheProvider();
    await provider.set('k', one, 1_000);
    await provider.journal('n').open('1;x', 0);
    await provider.close();
    await provider.connect();
    expect(await provider.get('k')).toBeNull();
    expect((await provider.journal('n').read(0, 1)).head).toBeNull();
  });
});

describe('providerPackage', () => {
  it('takes its bound from the context', async () => {
    const reader = new EnvironmentReader({});
    const provider = providerPackage.fromEnvironment(reader, {
      ...readCacheSettings(reader).provided,
      maxBytes: 12_345,
      onStateChange: () => undefined,
    });
    expect(provider.name).toBe(providerPackage.name);
    expect((await provider.status?.())?.maxBytes).toBe(12_345);
  });
});
