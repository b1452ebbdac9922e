import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeWithStore, until } from '@vitalcache/testing';

import {
  DragonflyCacheProvider,
  DragonflyService,
  type DragonflyServiceOptions,
} from '../src/index.js';

const README = readFileSync(join(__dirname, '../README.md'), 'utf8');
const bytes = Uint8Array.of(1, 2, 3);
/** As the fixture starts it. */
const THREADS = 2;

const opened: DragonflyCacheProvider[] = [];
async function open(options: DragonflyServiceOptions) {
  const service = new DragonflyService(options);
  const provider = new DragonflyCacheProvider(service);
  opened.push(provider);
  await provider.connect();
  return { service, provider };
}
afterEach(() => Promise.all(opened.splice(0).map((provider) => provider.close())));

describeWithStore(
  'dragonfly',
  'what a Dragonfly says of itself',
  (store) => {
    it('is found', async () => {
      const { provider } = await open({ url: store().url });
      const [found] = await provider.describe();
      expect(found).toMatchObject({
        isReachable: true,
        software: 'dragonfly',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        role: 'primary',
        replicas: 0,
        threads: THREADS,
        clusterMode: 'off',
        evictionPolicy: 'noeviction',
        maxBytes: expect.any(Number),
        persistence: { aof: false, fsync: null, rdb: true },
        idleTimeoutSeconds: 0,
        advice: [],
      });
      expect(Math.abs(found?.clockSkewMs ?? Infinity)).toBeLessThan(5_000);
    });

    it('makes connections that are spread over its threads', async () => {
      const { service } = await open({ url: store().url });
      await until('all are open', () => service.pool.open === THREADS);
      const list = String(await service.client.client('LIST')).split('\n');
      const own = list.filter((line) => line.includes(' name=vitalcache '));
      const threads = new Set(own.map((line) => / tid=(\d+) /.exec(line)?.[1]));
      expect([own.length, threads.size]).toEqual([THREADS, THREADS]);
    });

    it('is another incarnation after a restart, and the same on all connections until then', async () => {
      const key = `${store().prefix}:any`;
      const incarnation = async (): Promise<string> => {
        const { service } = await open({ url: store().url });
        return service.runAtHome(key, async (_client, told) => told);
      };
      const before = [await incarnation(), await incarnation()];
      await store().restart?.({ keepData: true });
      expect(before[0]).toMatch(/^[0-9a-f]{16}$/);
      expect(before[1]).toBe(before[0]);
      expect(await incarnation()).not.toBe(before[0]);
    });

    it('is OOM when it is full', async () => {
      const { provider, service } = await open({ url: store().url });
      await service.client.config('SET', 'maxmemory', '1');
      try {
        let refusal = '';
        await until('it refuses', async () => {
          const write = provider.set(`${store().prefix}:${Math.random()}`, bytes, 60_000);
          refusal = await write.then(() => '', String);
          return refusal !== '';
        });
        expect(refusal).toContain('(OOM)');
      } finally {
        await service.client.config('SET', 'maxmemory', '512mb');
      }
    });

    it('lets a user of the README do all that the provider does', async () => {
      const rule = /^ACL SETUSER cache .*$/m.exec(README)?.[0].split(' ') as [string, ...string[]];
      const { service: admin } = await open({ url: store().url });
      const [command, ...args] = rule;
      await admin.client.call(command, args);
      const options = { url: store().url, username: 'cache', password: 'password' };
      const { provider } = await open(options);
      const item = { key: 'vc:app:e:{a}', value: bytes, ttlMs: 60_000 };
      await provider.set(item.key, bytes, 60_000);
      expect(await provider.getMany([item.key, 'vc:app:e:{b}'])).toEqual([bytes, null]);
      expect(await provider.setFenced(item, 1, 1)).toBe(true);
      expect(await provider.setIfUnchanged(item, bytes)).toBe(true);
      expect(await provider.acquireLease('vc:app:l:{a}', bytes, 60_000)).toBeNull();
      expect(await provider.extendLease('vc:app:l:{a}', bytes, 60_000)).toBe(true);
      expect(await provider.releaseLease('vc:app:l:{a}', bytes)).toBe(true);
      const swept = await provider.invalidateCacheByPattern('vc:app:e:*', 5_000);
      expect(swept).toEqual({ removed: 1, complete: true });
      expect(await provider.delMany([item.key])).toBe(0);
      const log = provider.journal('app');
      const { record } = await log.open('1;x', 0);
      expect(await log.append({ kind: 'clear' }, 1)).not.toBeNull();
      expect((await log.poll?.(record.stamp, 10, 100))?.records).toHaveLength(1);
      expect(await log.readBackwards(Number.MAX_SAFE_INTEGER, 10)).toHaveLength(2);
      expect((await provider.describe())[0]?.idleTimeoutSeconds).toBe(0);
      expect(await provider.status()).toMatchObject({ connected: true });
    });
  },
  { needs: ['restart', 'configure'] },
);

describeWithStore(
  'dragonfly',
  'a Dragonfly that emulates a cluster',
  (store) => {
    it('says so, also to a client that takes it for one server', async () => {
      const { hostname, port } = new URL(store().url);
      const clusterNodes = [{ host: hostname, port: Number(port) }];
      for (const options of [{ url: store().url }, { clusterNodes }]) {
        const { provider } = await open(options);
        expect(await provider.describe()).toMatchObject([{ clusterMode: 'emulated', advice: [] }]);
      }
    });
  },
  { clusterMode: 'emulated' },
);

describeWithStore(
  'dragonfly',
  'a Dragonfly in cache mode',
  (store) => {
    it('is advised against', async () => {
      const { provider } = await open({ url: store().url });
      const [found] = await provider.describe();
      expect(found?.evictionPolicy).toBe('eviction');
      expect(found?.advice).toEqual([expect.stringContaining('--cache_mode')]);
    });
  },
  { args: ['--cache_mode=true'] },
);
