import { CACHE_DEFAULTS, type CacheOptions } from '../options/cache-options.js';
import { resolveOptions } from '../options/resolve-options.js';
import { CacheStrategyManager } from './cache-strategy.manager.js';
import { STRATEGY_PRECEDENCE, type ICacheStrategy } from './cache-strategy.js';
import { StandardCacheStrategy } from './standard-cache.strategy.js';

const resolved = (options: CacheOptions = {}) => resolveOptions(options, CACHE_DEFAULTS);

function strategy(name: string, more: Partial<ICacheStrategy> = {}): ICacheStrategy {
  return { name, when: () => true, read: () => Promise.reject(new Error('not read')), ...more };
}

describe('CacheStrategyManager', () => {
  it('never hands protected data to a strategy that does not know it', () => {
    const manager = new CacheStrategyManager([new StandardCacheStrategy()]);
    for (const options of [
      { containsPHI: true },
      { emergencyData: true },
      { complianceLevel: 'sensitive' } as const,
      { clinicSpecific: true },
      { subject: { patientId: '7' } },
      { encrypt: true },
    ]) {
      expect(() => manager.select(resolved(options))).toThrow(
        expect.objectContaining({ code: 'FEATURE_MISSING' }),
      );
    }
  });

  it('asks own ones first, then emergency, phi, swr and standard, in whatever order they come', () => {
    const { emergency, phi, swr } = STRATEGY_PRECEDENCE;
    const manager = new CacheStrategyManager([
      new StandardCacheStrategy(),
      strategy('swr', { precedence: swr }),
      strategy('own-1'),
      strategy('phi', { precedence: phi }),
      strategy('own-2', { precedence: 0 }),
      strategy('emergency', { precedence: emergency }),
      strategy('urgent', { precedence: -1 }),
    ]);
    const names = ['urgent', 'own-1', 'own-2', 'emergency', 'phi', 'swr', 'standard'];
    expect(manager.names).toEqual(names);
    expect(manager.select(resolved()).name).toBe('urgent');
  });

  it('asks once for options that are used again, and anew for others', () => {
    const when = jest.fn(({ ttlMs }: { readonly ttlMs: number }) => ttlMs === 1_000);
    const manager = new CacheStrategyManager([
      strategy('own', { when }),
      new StandardCacheStrategy(),
    ]);
    const short = resolved({ ttl: 1 });
    expect([manager.select(short).name, manager.select(short).name]).toEqual(['own', 'own']);
    expect(when).toHaveBeenCalledTimes(1);
    expect(manager.select(resolved({ ttl: 2 })).name).toBe('standard');
  });

  it('is plain on fresh entries only if all of them are', () => {
    const standard = new StandardCacheStrategy();
    expect(new CacheStrategyManager([standard]).isPlainOnFresh).toBe(true);
    expect(new CacheStrategyManager([standard, strategy('own')]).isPlainOnFresh).toBe(false);
  });

  it('collects what they have to say about a key', () => {
    const manager = new CacheStrategyManager([
      strategy('a', { explain: (key) => `shed ${key}` }),
      strategy('b', { explain: () => null }),
      strategy('c'),
    ]);
    expect(manager.explain('k')).toEqual(['a: shed k']);
  });

  it('closes every strategy also when one fails', async () => {
    const close = jest.fn(() => Promise.resolve());
    const error = new Error('stuck');
    const broken = strategy('a', {
      close: () => {
        throw error;
      },
    });
    const manager = new CacheStrategyManager([broken, strategy('b', { close }), strategy('c')]);
    await expect(manager.close()).rejects.toBe(error);
    expect(close).toHaveBeenCalledTimes(1);
  });
});
