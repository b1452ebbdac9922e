import { setTimeout as sleep } from 'node:timers/promises';

import { CacheService } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { startProxy, type FaultProxy } from '@vitalcache/testing';

import { repeat, timed } from '../measuring/stopwatch.js';
import { expectValue } from './expect-value.js';
import type { IScenario, Way } from './scenario.js';

const BATCH = 256;

/** How soon a process serves. */
export const startUpScenario: IScenario = {
  name: 'start-up',
  title:
    'From making a cache until its first hit, beside a journal with so many records; and from a lost connection that works ' +
    'again until the process knows that it missed nothing.',
  unit: 'ms',
  reference: 'none',
  axis: 'records in the journal',
  roundShare: 0.4,
  async open({ url, sizes }) {
    const { hostname, port } = new URL(url);
    const proxy = await startProxy({ host: hostname, port: Number(port) });
    return [0, sizes.records].flatMap((records) => [
      startWay(url, records),
      resyncWay(proxy, url, records),
    ]);
  },
};

const open = (url: string, namespace: string): CacheService =>
  new CacheService(new RedisCacheProvider(new RedisService({ url })), { namespace });

const load = async (): Promise<object> => ({ id: 1 });

/** Writes a journal with about so many records: invalidations of one tick share one. */
async function fill(url: string, namespace: string, records: number): Promise<void> {
  const cache = open(url, namespace);
  await cache.start();
  await repeat(records, BATCH, async (i) => {
    await cache.invalidateCacheByTag(`tag-${i}`);
  });
  await cache.close();
}

function startWay(url: string, records: number): Way {
  const namespace = `start-${records}`;
  const start = async (): Promise<number> => {
    const cache = open(url, namespace);
    const { wallMs } = await timed(async () => {
      await cache.start();
      await cache.cache('row:1', load);
    });
    await cache.close();
    return wallMs;
  };
  return {
    name: 'first hit',
    at: records,
    check: async () => {
      await fill(url, namespace, records);
      await start();
    },
    round: async () => ({ value: await start() }),
    close: async () => undefined,
  };
}

function resyncWay(proxy: FaultProxy, url: string, records: number): Way {
  const namespace = `resync-${records}`;
  const through = `redis://${proxy.host}:${proxy.port}`;
  const cache = open(through, namespace);
  const isBlind = async (): Promise<boolean> => {
    const { journal } = await cache.status();
    return journal.isBlind || journal.linkAgeMs > 1_000;
  };
  return {
    name: 'resynchronised',
    at: records,
    check: async () => {
      await fill(url, namespace, records);
      await cache.start();
      expectValue('whether it is blind after its start', await isBlind(), false);
    },
    round: async () => {
      proxy.refuse();
      proxy.cut();
      while (!(await isBlind())) await sleep(20);
      const { wallMs } = await timed(async () => {
        await proxy.heal();
        while (await isBlind()) await sleep(1);
      });
      return { value: wallMs };
    },
    close: async () => {
      await cache.close();
      await proxy.close();
    },
  };
}
