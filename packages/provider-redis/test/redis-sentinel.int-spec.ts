import { CacheService } from '@vitalcache/core';
import { describeWithSentinels, until } from '@vitalcache/testing';

import { admin } from './faults/admin.js';
import { fromEnvironment, withProvider } from './support/from-environment.js';
import { bytes, cacheClients, rejection } from './support/server-watch.js';

const BOUND_MS = 40_000;

describeWithSentinels('REDIS_SENTINELS', (trio) => {
  const named = (name = trio().name, more: readonly string[] = []): string =>
    `${name}@${[...more, ...trio().sentinels.map(({ host, port }) => `${host}:${port}`)].join(',')}`;
  const env = (more: object = {}) => ({
    REDIS_SENTINELS: named(),
    CACHE_RETRY_DELAY: '200',
    ...more,
  });

  it('finds the primary that the sentinels name', async () => {
    await withProvider(env(), async (provider, { lines }) => {
      await provider.set('k', bytes('x'), 60_000);
      expect(await admin((await trio().primary()).url, 'GET', 'k')).toBe('x');
      expect(lines).toEqual([`Redis ${trio().name}: connected`]);
    });
  });

  it('takes database and replicas along', async () => {
    await withProvider(env({ REDIS_DB: '2' }), async (provider) => {
      await provider.set('k', bytes('in two'), 60_000);
      expect(await admin(`${(await trio().primary()).url}/2`, 'GET', 'k')).toBe('in two');
      const replicas = trio().nodes.slice(1);
      await until('the replicas are connected', async () => {
        const lists = await Promise.all(replicas.map(({ url }) => cacheClients(url)));
        return lists.every(({ length }) => length > 0);
      });
    });
  });

  it(
    'one sentinel that answers is enough, though another hangs and a third is not there',
    async () => {
      const [hanging, dead, alive] = trio().sentinels;
      await hanging?.pause();
      const list = named(trio().name, ['127.0.0.1:1']);
      // Who waited for it would wait for longer than this test may take.
      const patient = { CACHE_CONNECTION_TIMEOUT: '600000', CACHE_COMMAND_TIMEOUT: '600000' };
      await withProvider({ ...env(), ...patient, REDIS_SENTINELS: list }, async (provider) => {
        expect(await provider.get('none')).toBeNull();
      });
      expect([dead?.isServing, alive?.isServing]).toEqual([true, true]);
      await hanging?.resume();
      await trio().settled();
    },
    BOUND_MS,
  );

  it.each([
    ['knows such a name', () => named('other'), 'NO_PRIMARY'],
    ['is there', () => 'main@127.0.0.1:1,127.0.0.1:2', 'NO_SENTINEL'],
  ])('says so when no sentinel %s', async (_, list, word) => {
    await withProvider({ REDIS_SENTINELS: list() }, async (provider) => {
      const error = await rejection(provider.get('k'));
      expect(error.code).toBe('STORE_UNAVAILABLE');
      expect(error.message).toContain(word);
      expect(error.message).toContain('REDIS_SENTINELS');
    });
  });

  it('a script that a promoted server does not know is sent to it', async () => {
    await withProvider(env(), async (provider) => {
      for (const { url } of trio().nodes) await admin(url, 'SCRIPT', 'FLUSH');
      expect(await provider.acquireLease('lease', bytes('me'), 1_000)).toBeNull();
    });
  });

  it(
    'a fail-over is followed: found again, in a new epoch, and nothing stale',
    async () => {
      const { provider, lines } = fromEnvironment(env());
      const cache = new CacheService(provider, { namespace: 'sentinel', l1MaxBytes: 0 });
      await cache.start();
      await cache.cache('k', () => 'old', { tags: ['t'] });
      const before = await cache.status();
      const old = await trio().primary();
      const failover = trio().failover();
      const during: string[] = [];
      let isOver = false;
      void failover.finally(() => (isOver = true)).catch(() => undefined);
      while (!isOver) {
        const { recorded } = await cache.invalidateCacheByTag('t');
        const now = `new ${during.length}`;
        const { value } = await cache.read('k', () => now, { tags: ['t'] });
        if (recorded) expect(value).toBe(now);
        during.push(value);
      }
      await failover;
      expect(await trio().primary()).not.toBe(old);
      await until('it is connected to the new one', async () => {
        const clients = await cacheClients((await trio().primary()).url);
        return clients.some(({ name }) => name === 'vitalcache-journal');
      });
      await until(
        'invalidations are recorded',
        async () => (await cache.invalidateCache('k')).recorded,
      );
      await until('what is loaded is stored again', async () => {
        const { value, outcome } = await cache.read('k', () => 'newest', { tags: ['t'] });
        await cache.settled();
        expect(value).toBe('newest');
        return outcome === 'hit';
      });
      const after = await cache.status();
      expect(after.journal.epoch?.stamp).toBeGreaterThan(before.journal.epoch?.stamp ?? 0);
      expect(after.journal).toMatchObject({ queued: 0, refusal: null });
      expect(lines.at(-1)).toMatch(/: connected$/);
      await cache.close();
    },
    BOUND_MS,
  );
});
