import { setTimeout as sleep } from 'node:timers/promises';

import { describeWithRedis, startProxy, until, type FaultProxy } from '@vitalcache/testing';

import type { RedisCacheProvider } from '../src/index.js';
import { admin } from './faults/admin.js';
import { withProvider } from './support/from-environment.js';
import { bytes, CommandCounts, portOf, rejection, timeOf } from './support/server-watch.js';

const item = { key: 'retried', value: bytes('x'), ttlMs: 60_000 };

describeWithRedis(
  'the variables that say how long to wait and how often to try',
  (store) => {
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await startProxy({ port: portOf(store()) });
    });
    afterAll(() => proxy.close());
    afterEach(async () => {
      await proxy.heal();
      await store().flush();
    });
    const env = (more: object = {}) => ({
      REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
      CACHE_RETRY_DELAY: '200',
      ...more,
    });
    const counts = (): CommandCounts => new CommandCounts(store().url);

    /** What becomes of work whose answer is lost together with its connection. */
    const cutUnder = async <T>(
      work: () => Promise<T>,
      sent: () => Promise<unknown> = () => sleep(40),
    ): Promise<T> => {
      proxy.stallReplies();
      const answer = work();
      answer.catch(() => undefined);
      await sent();
      proxy.cut();
      return answer;
    };

    it('CACHE_CONNECTION_TIMEOUT bounds the wait for a connection', async () => {
      proxy.stall({ new: true });
      const more = {
        REDIS_URL: `rediss://127.0.0.1:${proxy.port}`,
        CACHE_CONNECTION_TIMEOUT: '250',
      };
      const tookMs = await timeOf(
        withProvider(env(more), async (provider) => {
          expect((await rejection(provider.get('x'))).message).toContain('ETIMEDOUT');
        }),
      );
      expect(tookMs).toBeGreaterThan(200);
    });

    it('CACHE_COMMAND_TIMEOUT bounds the wait for an answer', async () => {
      const more = { CACHE_COMMAND_TIMEOUT: '200', CACHE_RETRY_ATTEMPTS: '3' };
      await withProvider(env(more), async (provider) => {
        proxy.stallReplies();
        const began = performance.now();
        expect((await rejection(provider.set(item.key, item.value, 1_000))).code).toBe(
          'STORE_TIMEOUT',
        );
        expect(performance.now() - began).toBeGreaterThan(150);
      });
    });

    const repeatable: readonly [
      string,
      (provider: RedisCacheProvider) => Promise<unknown>,
      unknown,
    ][] = [
      ['get', (provider) => provider.get('none'), null],
      ['getMany', (provider) => provider.getMany(['none', 'none too']), [null, null]],
      ['set', (provider) => provider.set(item.key, item.value, item.ttlMs), undefined],
      ['setMany', (provider) => provider.setMany([item, { ...item, key: 'b' }]), undefined],
      ['setFenced', (provider) => provider.setFenced(item, 0, 0), true],
      [
        'setFencedMany',
        (provider) => provider.setFencedMany([item, { ...item, key: 'b' }], 0, 0),
        [true, true],
      ],
      ['del', (provider) => provider.del('none'), 0],
      ['delMany', (provider) => provider.delMany(['none', 'none too']), 0],
      [
        'a sweep',
        (provider) => provider.invalidateCacheByPattern('none*', 5_000),
        { removed: 0, complete: true },
      ],
    ];

    it.each(repeatable)(
      'CACHE_RETRY_ATTEMPTS=3: %s outlives its connection',
      async (_, work, result) => {
        await withProvider(env({ CACHE_RETRY_ATTEMPTS: '3' }), async (provider) => {
          expect(await cutUnder(() => work(provider))).toEqual(result);
        });
      },
    );

    it.each(repeatable)(
      'CACHE_RETRY_ATTEMPTS=0: %s rejects with its connection',
      async (_, work) => {
        await withProvider(env({ CACHE_RETRY_ATTEMPTS: '0' }), async (provider) => {
          const error = await rejection(cutUnder(() => work(provider)));
          expect(error.code).toBe('STORE_UNAVAILABLE');
        });
      },
    );

    const once: readonly [string, string, (provider: RedisCacheProvider) => Promise<unknown>][] = [
      ['an append', 'xadd', (provider) => provider.journal('n').append({ kind: 'clear' }, 7)],
      ['a lease', 'set', (provider) => provider.acquireLease('l', bytes('me'), 60_000)],
      ['an extension', 'set', (provider) => provider.extendLease('held', bytes('me'), 60_000)],
      ['a release', 'del', (provider) => provider.releaseLease('held', bytes('me'))],
      ['compare-and-set', 'set', (provider) => provider.setIfUnchanged(item, null)],
    ];

    it.each(once)(
      'whatever CACHE_RETRY_ATTEMPTS says, %s is never sent twice',
      async (_, command, work) => {
        await withProvider(env({ CACHE_RETRY_ATTEMPTS: '9' }), async (provider) => {
          await provider.journal('n').open('1;x', 0);
          await provider.acquireLease('held', bytes('me'), 60_000);
          await work(provider); // the server knows the script
          await store().flush();
          await provider.journal('n').open('1;x', 0);
          await provider.acquireLease('held', bytes('me'), 60_000);
          await counts().reset();
          const hasRun = async () => (await counts().of(command))[0] === 1;
          const sent = () => until('the server has run it', hasRun);
          const error = await rejection(cutUnder(() => work(provider), sent));
          expect(error.code).toBe('STORE_UNAVAILABLE');
          await until('it is connected again', () =>
            provider.get('x').then(
              () => true,
              () => false,
            ),
          );
          await sleep(300);
          expect(await counts().of('evalsha', command)).toEqual([1, 1]);
        });
      },
    );

    it('CACHE_RETRY_DELAY is the longest pause', async () => {
      await admin(store().url, 'REPLICAOF', '127.0.0.1', '1');
      const set = (delay: string): Promise<number> =>
        withProvider(
          env({ CACHE_RETRY_ATTEMPTS: '2', CACHE_RETRY_DELAY: delay }),
          async (provider) => {
            await admin(store().url, 'REPLICAOF', 'NO', 'ONE');
            await until('it is connected', () =>
              provider.get('x').then(
                () => true,
                () => false,
              ),
            );
            await admin(store().url, 'REPLICAOF', '127.0.0.1', '1');
            return timeOf(provider.set(item.key, item.value, 1_000));
          },
        );
      // The best of them: on a busy machine all of them take longer, not by so much.
      const quick = Math.min(await set('40'), await set('40'), await set('40'));
      const slow = await set('600');
      expect(quick).toBeLessThan(slow);
      expect(slow).toBeGreaterThan(400); // half of 300 and of 600 at least
      await admin(store().url, 'REPLICAOF', 'NO', 'ONE');
    });

    it('a server that is a replica for a moment gets the write when it is none any more', async () => {
      const more = { CACHE_RETRY_ATTEMPTS: '4', CACHE_RETRY_DELAY: '800' };
      await withProvider(env(more), async (provider) => {
        await admin(store().url, 'REPLICAOF', '127.0.0.1', '1');
        const writes = Promise.all([
          provider.set(item.key, item.value, item.ttlMs),
          provider.setMany([{ ...item, key: 'many' }]),
        ]);
        await sleep(250);
        await admin(store().url, 'REPLICAOF', 'NO', 'ONE');
        await writes;
        expect(await provider.getMany([item.key, 'many'])).toEqual([item.value, item.value]);
      });
    });

    it('what finds no connection rejects at once, without a pause', async () => {
      // With a pause it would take longer than this test may.
      const more = { CACHE_RETRY_ATTEMPTS: '5', CACHE_RETRY_DELAY: '60000' };
      await withProvider(env(more), async (provider) => {
        proxy.refuse();
        proxy.cut();
        await until('it noticed', async () => (await provider.status()).pool.open === 0);
        const error = await rejection(provider.set(item.key, item.value, 1_000));
        expect(error.code).toBe('STORE_UNAVAILABLE');
      });
    });
  },
  { needs: ['restart'] },
);
