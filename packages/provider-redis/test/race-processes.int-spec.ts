import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { CacheService } from '@vitalcache/core';
import {
  describeInvalidationRace,
  describeWithRedis,
  INVALIDATIONS,
  RACE_KEY,
} from '@vitalcache/testing';

import { RedisCacheProvider, RedisService } from '../src/index.js';

/** A cache in a process of its own. */
class RemoteCache {
  readonly #child: ChildProcess;
  #calls = 0;

  constructor(url: string, namespace: string) {
    const worker = join(__dirname, 'race-worker.mjs');
    this.#child = fork(worker, [url, namespace, RACE_KEY, 'user:7'], { execArgv: [] });
  }

  call(command: string, args: object = {}): Promise<unknown> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      const answer = (message: { id: number; result?: unknown; error?: string }): void => {
        if (message.id !== id) return;
        this.#child.off('message', answer);
        if (message.error === undefined) resolve(message.result);
        else reject(new Error(message.error));
      };
      this.#child.on('message', answer);
      this.#child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
      this.#child.send({ id, command, ...args });
    });
  }

  async close(): Promise<void> {
    await this.call('close');
    this.#child.disconnect();
  }
}

describeWithRedis('RedisCacheProvider', (store) => {
  const open = (): RedisCacheProvider =>
    new RedisCacheProvider(new RedisService({ url: store().url }));

  describeInvalidationRace('RedisCacheProvider', { open });

  describe('a slow load in one process against an invalidation in another', () => {
    it.each(Object.entries(INVALIDATIONS))('by %s', async (_kind, invalidate) => {
      const namespace = `race-${randomUUID()}`;
      const remote = new RemoteCache(store().url, namespace);
      const here = new CacheService(open(), { namespace });
      try {
        await Promise.all([remote.call('start'), here.start()]);
        const early = remote.call('load', { value: 'v1', ms: 120 });
        await sleep(40);
        const { stamp, recorded } = await invalidate(here);
        expect(recorded).toBe(true);
        expect(await early).toBe('v1');
        await remote.call('settled');
        expect(await here.get(RACE_KEY)).toBeNull();
        expect(await remote.call('waitFor', { stamp })).toBe(true);
        expect(await remote.call('load', { value: 'v2', ms: 0 })).toBe('v2');
        await remote.call('settled');
        expect(await here.get(RACE_KEY)).toBe('v2');
        await here.clear();
      } finally {
        await Promise.all([remote.close(), here.close()]);
      }
    });
  });
});
