import { setTimeout as sleep } from 'node:timers/promises';

import { CacheService } from '@vitalcache/core';
import { describeWithRedis, describeWithReplicaPair, until } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService, type RedisServiceOptions } from '../src/index.js';
import { admin, breakReplication, mendReplication } from './faults/admin.js';
import { withProvider } from './support/from-environment.js';
import { bytes, CommandCounts } from './support/server-watch.js';

describeWithReplicaPair('CACHE_REPLICATION_ENABLED', (pair) => {
  const env = (isOn: string) => ({
    REDIS_URL: pair().primary.url,
    CACHE_REPLICATION_ENABLED: isOn,
    CACHE_ENABLE_BATCH: 'false',
  });
  /** How many reads of so many each server got: primary, replica. */
  const reads = async (
    provider: RedisCacheProvider,
    count: number,
    isLatest = false,
  ): Promise<number[]> => {
    const counts = [pair().primary, pair().replica].map(({ url }) => new CommandCounts(url));
    await Promise.all(counts.map((one) => one.reset()));
    for (let i = 0; i < count; i++) await provider.get('k', { isLatest });
    return (await Promise.all(counts.map((one) => one.of('get')))).flat();
  };
  beforeAll(() => pair().inSync());
  const connected = (provider: RedisCacheProvider): Promise<void> =>
    until('the replica is connected', async () => (await provider.status()).pool.open === 2);

  it('true: reads are answered by the replica, but for those that must be the latest', async () => {
    await withProvider(env('true'), async (provider) => {
      await connected(provider);
      await provider.set('k', bytes('x'), 60_000);
      await pair().inSync();
      expect(await reads(provider, 10)).toEqual([0, 10]);
      expect(await provider.get('k')).toEqual(bytes('x'));
      expect(await reads(provider, 10, true)).toEqual([10, 0]);
      expect(await provider.getMany(['k', 'none'])).toEqual([bytes('x'), null]);
    });
  });

  it('false: the replica is not even connected to', async () => {
    await withProvider(env('false'), async (provider) => {
      await sleep(100);
      expect(await reads(provider, 10)).toEqual([10, 0]);
      expect((await provider.status()).pool.open).toBe(1);
    });
  });

  it('a replica that hangs costs a moment once, and is left alone for a while', async () => {
    await withProvider(env('true'), async (provider) => {
      await connected(provider);
      const { primary, replica } = pair();
      const [atPrimary, atReplica] = [primary, replica].map(({ url }) => new CommandCounts(url));
      await Promise.all([atPrimary?.reset(), atReplica?.reset()]);
      await replica.pause();
      for (let i = 0; i < 20; i++) await provider.get('k');
      expect(await atPrimary?.of('get')).toEqual([20]);
      await replica.resume();
      await pair().inSync();
      // What was sent while it hung, it has answered by now.
      expect((await atReplica?.of('get'))?.[0]).toBeLessThanOrEqual(2);
    });
  });

  it('a replica that dies costs nothing, and is used again when it is back', async () => {
    await withProvider(env('true'), async (provider) => {
      await connected(provider);
      await pair().replica.kill();
      const atPrimary = new CommandCounts(pair().primary.url);
      await atPrimary.reset();
      for (let i = 0; i < 20; i++) await provider.get('k');
      expect(await atPrimary.of('get')).toEqual([20]);
      await pair().replica.start();
      await pair().inSync();
      await until('it is used again', async () => ((await reads(provider, 1))[1] ?? 0) > 0, 12_000);
    });
  }, 30_000);

  it('a replica that is behind never makes a cache serve what was invalidated', async () => {
    const open = (): CacheService => {
      const provider = new RedisCacheProvider(new RedisService({ url: pair().primary.url }));
      return new CacheService(provider, { namespace: 'behind', l1MaxBytes: 0 });
    };
    const [one, two] = [open(), open()];
    await Promise.all([one.start(), two.start()]);
    await one.cache('k', () => 'old', { tags: ['t'] });
    await one.settled();
    await pair().inSync();
    expect((await two.read('k', () => 'not asked')).outcome).toBe('hit');
    await breakReplication(pair().primary.url);
    const { stamp, recorded } = await one.invalidateCacheByTag('t');
    expect(recorded).toBe(true);
    await two.waitFor(stamp);
    const stale = (await admin(pair().replica.url, 'KEYS', 'vc:behind:e:*')) as string[];
    expect(stale).toHaveLength(1); // what the primary no longer has, or has anew
    for (let i = 0; i < 10; i++) {
      expect((await one.read('k', () => 'new', { tags: ['t'] })).value).toBe('new');
      expect((await two.read('k', () => 'new', { tags: ['t'] })).value).toBe('new');
    }
    await mendReplication(pair().primary.url);
    await pair().inSync();
    await Promise.all([one.close(), two.close()]);
  }, 90_000);
});

describeWithReplicaPair('durability', (pair) => {
  let count = 0;
  beforeAll(() => pair().inSync());
  const open = async (durability: RedisServiceOptions['durability']): Promise<CacheService> => {
    const service = new RedisService({
      url: pair().primary.url,
      durability,
      commandTimeoutMs: 400,
    });
    const cache = new CacheService(new RedisCacheProvider(service), {
      namespace: `durable-${++count}`,
      durable: true,
      invalidationDeadlineMs: 600,
    });
    await cache.start();
    return cache;
  };
  const waits = (): CommandCounts => new CommandCounts(pair().primary.url);

  it('{ replicas: 1 }: an invalidation is recorded when the replica has it', async () => {
    const cache = await open({ replicas: 1 });
    await waits().reset();
    expect(await cache.invalidateCache('k')).toMatchObject({ recorded: true, queued: false });
    expect((await waits().of('wait'))[0]).toBe(1);
    const key = `vc:{durable-${count}}:journal`;
    expect(await admin(pair().replica.url, 'XLEN', key)).toBe(2);
    await cache.close();
  });

  it('{ replicas: 1 }: while there is none it is queued, counts here, and is recorded when one is back', async () => {
    const cache = await open({ replicas: 1 });
    await cache.cache('k', () => 'old');
    await pair().replica.kill();
    expect(await cache.invalidateCache('k')).toMatchObject({ recorded: false, queued: true });
    expect((await cache.status()).journal.queued).toBeGreaterThan(0);
    expect(await cache.cache('k', () => 'new')).toBe('new');
    await pair().replica.start();
    await pair().inSync();
    await until('it is recorded', async () => (await cache.status()).journal.queued === 0);
    expect(await cache.invalidateCache('k')).toMatchObject({ recorded: true });
    await cache.close();
  });

  it('is not asked for where the namespace is not durable', async () => {
    const service = new RedisService({ url: pair().primary.url, durability: { replicas: 1 } });
    const cache = new CacheService(new RedisCacheProvider(service), { namespace: 'plain' });
    await cache.start();
    await waits().reset();
    expect(await cache.invalidateCache('k')).toMatchObject({ recorded: true });
    expect((await waits().of('wait'))[0]).toBe(0);
    await cache.close();
  });
});

describeWithRedis('durability { aof: true } on a server without WAITAOF', (store) => {
  it('says what is missing, and keeps invalidations queued', async () => {
    const service = new RedisService({ url: store().url, durability: { aof: true } });
    const provider = new RedisCacheProvider(service);
    const namespace = `${store().prefix}-aof`;
    const config = { namespace, durable: true, invalidationDeadlineMs: 300 };
    const cache = new CacheService(provider, config);
    await cache.start();
    const found = (await provider.describe())[0];
    const [major = 0, minor = 0] = (found?.version ?? '').split('.').map(Number);
    const hasWaitAof = found?.software !== 'redis' || major > 7 || (major === 7 && minor >= 2);
    const result = await cache.invalidateCache('k');
    expect(found?.advice.join()).toContain('appendonly is off');
    if (!hasWaitAof) expect(found?.advice.join()).toContain('WAITAOF');
    expect(result).toMatchObject({ recorded: false, queued: true });
    const error: unknown = await provider
      .journal(namespace)
      .append({ kind: 'clear' }, 1, true)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: expect.stringMatching(/^STORE_/) as string });
    expect(String(error)).toMatch(/WAITAOF|appendonly/);
    await cache.close(); // tries to record it for five more seconds
  }, 90_000);
});
