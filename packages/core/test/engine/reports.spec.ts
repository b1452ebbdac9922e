import type { CachePlugin, PluginHealth } from '../../src/plugin/cache-plugin.js';
import type { ICacheMetrics } from '../../src/observation/cache-metrics.js';
import { CacheService } from '../../src/service/cache.service.js';
import type { CacheConfig } from '../../src/service/cache-config.js';
import { StandardCacheStrategy } from '../../src/strategy/standard-cache.strategy.js';
import { Fleet } from '../support/fleet.js';

const STATS = { hits: 3, misses: 1, hitRate: 0.75, timestamp: 'now' };
const measures = {
  stats: () => STATS,
  healthcare: () => ({ totalHits: 1 }),
  performance: async () => ({ totalRequests: 4 }),
  recentErrorRate: () => 0.5,
} as unknown as ICacheMetrics;

describe('what a cache reports', () => {
  let fleet: Fleet;
  beforeEach(() => (fleet = new Fleet()));
  afterEach(() => fleet.close());

  const withPlugins = (...plugins: CachePlugin[]): Promise<CacheService> => fleet.join({ plugins });
  const healthy = (said: PluginHealth['status'], ...reasons: string[]): CachePlugin => ({
    name: said,
    health: () => ({ status: said, reasons }),
  });

  describe('with a plugin that measures', () => {
    it('is what that says', async () => {
      const cache = await withPlugins({ name: 'm', measures });
      expect(await cache.getCacheStats()).toBe(STATS);
      expect(await cache.getCacheMetrics()).toEqual({ totalRequests: 4 });
      expect(await cache.getHealthcareCacheMetrics()).toEqual({ totalHits: 1 });
      expect(await cache.getCacheHealth()).toEqual({
        status: 'warning',
        memoryUsage: expect.any(Number),
        hitRate: 0.75,
        connectionStatus: true,
        lastHealthCheck: new Date(fleet.clock.now()),
      });
      const { reasons } = await cache.getCacheHealthReport();
      expect(reasons).toEqual([expect.stringMatching(/failed 50\.0 % of the requests/)]);
    });
  });

  describe('without one', () => {
    it.each(['getCacheStats', 'getCacheMetrics', 'getHealthcareCacheMetrics'] as const)(
      'rejects %s, naming the package',
      async (method) => {
        const cache = await fleet.join();
        await expect(cache[method]()).rejects.toMatchObject({
          code: 'FEATURE_MISSING',
          message: expect.stringMatching(
            new RegExp(`^${method}\\(\\).*npm install @vitalcache/metrics`),
          ),
        });
      },
    );

    it('still knows how it is', async () => {
      const cache = await fleet.join();
      expect(await cache.getCacheHealth()).toMatchObject({ status: 'healthy', hitRate: 0 });
    });
  });

  describe('health', () => {
    it('follows the limits of the configuration, which are checked', async () => {
      const cache = await fleet.join({
        plugins: [{ name: 'm', measures }],
        healthLimits: { maxErrorRate: 0.5 },
      });
      expect((await cache.getCacheHealth()).status).toBe('healthy');
      const wrong = (healthLimits: object): unknown =>
        new CacheService(fleet.store.provider(), { healthLimits } as CacheConfig as never);
      expect(() => wrong({ maxErrorRate: 50 })).toThrow(/healthLimits.maxErrorRate is 50/);
      expect(() => wrong({ maxErrors: 1 })).toThrow(/healthLimits has no maxErrors/);
    });

    it('is as bad as the worst plugin says', async () => {
      const cache = await withPlugins(healthy('healthy'), healthy('warning', 'The spool grows.'));
      expect(await cache.getCacheHealthReport()).toMatchObject({
        status: 'warning',
        reasons: ['The spool grows.'],
      });
    });

    it.each<[string, CachePlugin['health']]>([
      [
        'throws',
        () => {
          throw new Error('no');
        },
      ],
      ['rejects', () => Promise.reject(new Error('no'))],
      ['takes too long', () => new Promise<never>(() => undefined)],
    ])('is critical when a plugin %s', async (_how, health) => {
      const cache = await withPlugins({ name: 'audit', health });
      const asked = cache.getCacheHealthReport();
      await fleet.clock.advance(1_000);
      expect(await asked).toMatchObject({
        status: 'critical',
        reasons: ['The plugin audit does not say how it is.'],
      });
    });

    it('asks all plugins at the same time', async () => {
      const slow = (name: string): CachePlugin => ({
        name,
        health: () => new Promise<never>(() => undefined),
      });
      const cache = await withPlugins(slow('a'), slow('b'), slow('c'));
      const asked = cache.getCacheHealthReport();
      await fleet.clock.advance(1_000);
      expect((await asked).reasons).toHaveLength(3);
    });
  });

  describe('parts', () => {
    it('are the numbers of strategies, middleware and plugins, by name; of one name together', async () => {
      class Counting extends StandardCacheStrategy {
        metrics = () => ({ running: 1 });
      }
      const cache = await fleet.join({
        strategies: [new Counting()],
        middleware: [
          {
            name: 'prediction',
            handle: (_operation, next) => next(),
            metrics: () => ({ used: 2 }),
          },
          { name: 'silent', handle: (_operation, next) => next() },
        ],
        plugins: [
          { name: 'prediction', metrics: () => ({ warmed: 3 }) },
          { name: 'healthcare', metrics: () => ({ sealFailures: 4 }) },
        ],
      });
      expect((await cache.status()).parts).toEqual({
        standard: { running: 1 },
        prediction: { used: 2, warmed: 3 },
        healthcare: { sealFailures: 4 },
      });
    });

    it('leave out a plugin that fails, which is a fault', async () => {
      const failing = (): never => {
        throw new Error('no');
      };
      const cache = await withPlugins({ name: 'a', metrics: failing });
      const { parts, faults } = await cache.status();
      expect([parts, faults['plugin-failed']]).toEqual([{}, 1]);
    });
  });

  describe('status', () => {
    it('asks the store once for all who ask at the same time', async () => {
      let asked = 0;
      const pool = { busy: 0, open: 1 };
      const said = { connected: true, memoryBytes: 1, maxBytes: null, pool };
      const status = async () => (asked++, said);
      const provider = { ...fleet.store.provider(), status };
      const cache = new CacheService(provider, { clock: fleet.clock });
      fleet.caches.push(cache);
      await Promise.all([cache.status(), cache.getCacheHealth(), cache.getCacheHealthReport()]);
      expect(asked).toBe(1);
      await cache.status();
      expect(asked).toBe(2);
    });
  });

  describe('attach', () => {
    it('gives every plugin the cache when that is made, before it starts', async () => {
      const order: unknown[] = [];
      const plugin = {
        name: 'a',
        attach: (cache: unknown) => void order.push(cache),
        start: async () => void order.push('start'),
      };
      const cache = new CacheService(fleet.store.provider(), {
        clock: fleet.clock,
        plugins: [plugin],
      });
      fleet.caches.push(cache);
      expect(order).toEqual([cache]);
      expect(cache.namespace).toBe('default');
      await cache.start();
      expect(order).toEqual([cache, 'start']);
    });
  });

  describe('prefetch', () => {
    it('is a read that middleware can tell from those of callers', async () => {
      const seen: boolean[] = [];
      const cache = await fleet.join({
        middleware: [
          { name: 'seen', handle: (operation, next) => (seen.push(operation.isWarming), next()) },
        ],
      });
      const first = await cache.prefetch('a', () => 1);
      expect(first).toMatchObject({ outcome: 'miss' });
      expect(first).not.toHaveProperty('value');
      await cache.settled();
      expect(await cache.prefetch('a', () => 2)).toMatchObject({ outcome: 'hit' });
      expect(await cache.read('a', () => 2)).toMatchObject({ value: 1, outcome: 'hit' });
      cache.registerWarmer({ name: 'w', items: () => [{ key: 'b', load: () => 1 }] });
      await cache.warm();
      expect(seen).toEqual([true, true, false, true]);
    });
  });

  describe('batches', () => {
    it('tell middleware what became of each key', async () => {
      const items: unknown[] = [];
      const cache = await fleet.join({
        middleware: [
          {
            name: 'seen',
            handle: async (_operation, next) => {
              const result = await next();
              items.push(result.items?.map(({ outcome, tier }) => [outcome, tier]));
              return result;
            },
          },
        ],
      });
      await cache.set('a', 1);
      items.length = 0;
      await cache.batchGet(['a', 'b', 'a']);
      await cache.cacheMany(['a', 'c'], (keys) => keys.map(() => 0));
      await cache.cacheMany([], () => []);
      expect(items).toEqual([
        [
          ['hit', 'l1'],
          ['miss', null],
          ['hit', 'l1'],
        ],
        [
          ['hit', 'l1'],
          ['miss', null],
        ],
        [],
      ]);
    });
  });
});
