import { setTimeout as sleep } from 'node:timers/promises';

import { isCacheError } from '@vitalcache/core';
import {
  describeWithRedis,
  describeWithReplicaPair,
  startProxy,
  until,
  type FaultProxy,
} from '@vitalcache/testing';

import { RedisCacheProvider, RedisService, type RedisServiceOptions } from '../src/index.js';
import { cacheClients, portOf, rejection } from './support/server-watch.js';

const open = (options: RedisServiceOptions): RedisCacheProvider =>
  new RedisCacheProvider(new RedisService(options));

describeWithReplicaPair('A provider that is closed while it opens', (pair) => {
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await startProxy({ port: pair().primary.port });
    proxy.delay(25); // each answer is on its way for a while, in both directions
  });
  afterAll(() => proxy.close());

  it('has nothing open afterwards, whatever it was about to learn: on the primary or its replica', async () => {
    const closings = Array.from({ length: 20 }, async (_, i) => {
      const provider = open({
        host: proxy.host,
        port: proxy.port,
        tuning: { isScaling: i % 2 === 0 },
        poolSize: 3,
      });
      void provider.connect();
      await sleep(i * 12);
      await provider.close();
    });
    await Promise.all(closings);
    await until(
      'nobody is connected',
      async () => {
        const lists = await Promise.all(
          [pair().primary, pair().replica].map(({ url }) => cacheClients(url)),
        );
        return lists.flat().length === 0;
      },
      3_000,
    );
    await sleep(300); // what was opened too late would be there now
    expect(await cacheClients(pair().replica.url)).toEqual([]);
    expect(proxy.counts.openConnections).toBe(0);
  });
});

describeWithRedis(
  'A provider that is closed',
  (store) => {
    const address = () => ({ host: '127.0.0.1', port: portOf(store()) });
    /** Who waited for what hangs would wait for longer than a test may take. */
    const PATIENT = { connectTimeoutMs: 600_000, commandTimeoutMs: 600_000 };
    afterEach(() => store().resume?.());

    it.each<[string, () => RedisServiceOptions]>([
      ['a server', address],
      ['a node of a cluster', () => ({ clusterNodes: [address()] })],
      ['a sentinel', () => ({ sentinels: { nodes: [address()], name: 'main' } })],
      ['a shard', () => ({ shards: [address(), { host: '127.0.0.1', port: 1 }] })],
      [
        'whoever gives credentials',
        () => ({ ...address(), credentials: () => new Promise(() => undefined) }),
      ],
    ])('does not wait for %s that hangs', async (_, options) => {
      await store().pause?.();
      const provider = open({ ...PATIENT, ...options() });
      const connecting = provider.connect();
      const reading = rejection(provider.get('x'));
      await sleep(100);
      await provider.close();
      await Promise.allSettled([connecting, reading]);
      expect(isCacheError(await reading)).toBe(true);
    });

    it('ends at once what waits to be tried again', async () => {
      const proxy = await startProxy({ port: portOf(store()) });
      const provider = open({ host: proxy.host, port: proxy.port, retryDelayMs: 60_000 });
      await provider.connect();
      proxy.stall();
      const reading = rejection(provider.get('x'));
      await sleep(50);
      proxy.cut();
      await sleep(50);
      await provider.close();
      expect((await reading).code).toBe('CLOSED');
      await proxy.close();
    });

    it('leaves no timer and no socket that would keep the process', async () => {
      const before = process.getActiveResourcesInfo().sort();
      const provider = open(address());
      await provider.connect();
      const log = provider.journal('closing');
      await log.open('1;x', 0);
      const polling = rejection(
        log.poll?.(Number.MAX_SAFE_INTEGER, 1, 20_000) ?? Promise.resolve(),
      );
      await provider.get('x');
      await provider.close();
      expect((await polling).code).toBe('CLOSED');
      await sleep(20);
      const after = process.getActiveResourcesInfo().sort();
      expect(after.filter((one) => /TCP|Timeout/.test(one)).length).toBeLessThanOrEqual(
        before.filter((one) => /TCP|Timeout/.test(one)).length,
      );
    });
  },
  { needs: ['pause'] },
);
