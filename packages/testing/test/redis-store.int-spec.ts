import { describeWithRedis, startRedis } from '../src/index.js';
import { withRedis } from '../src/stores/redis-client.js';

describeWithRedis(
  'a Redis that was started for the tests',
  (store) => {
    const read = (key: string): Promise<string | null> =>
      withRedis(store().url, (client) => client.get(key));
    const write = async (key: string): Promise<void> => {
      await withRedis(store().url, (client) => client.set(key, 'x'));
    };

    it('keeps its data in a restart if asked to, under the same address', async () => {
      await write('kept');
      await store().restart?.({ keepData: true });
      expect(await read('kept')).toBe('x');
    });

    it('loses its data in a restart otherwise, what it saved before included', async () => {
      await write('lost');
      await store().restart?.({ keepData: true });
      await store().restart?.();
      expect(await read('lost')).toBeNull();
    });

    it('is empty after flush', async () => {
      await write('any');
      await store().flush();
      expect(await read('any')).toBeNull();
    });

    it('serves as an address for others, who touch only what is theirs', async () => {
      await write('somebody elses');
      const shared = await startRedis({ VITALCACHE_TEST_REDIS_URL: store().url });
      expect(shared.kind).toBe('address');
      expect([shared.restart, shared.pause]).toEqual([undefined, undefined]);
      await write(`a:${shared.prefix}:b`);
      await shared.flush();
      expect(await read(`a:${shared.prefix}:b`)).toBeNull();
      await shared.stop();
      expect(await read('somebody elses')).toBe('x');
    });
  },
  { needs: ['restart'] },
);

describeWithRedis(
  'a Redis that can be paused',
  (store) => {
    it('hangs while it is paused and goes on afterwards', async () => {
      await store().pause?.();
      const answer = withRedis(store().url, (client) => client.ping());
      const first = await Promise.race([
        answer,
        new Promise((resolve) => setTimeout(resolve, 200, 'nothing')),
      ]);
      expect(first).toBe('nothing');
      await store().resume?.();
      expect(await answer).toBe('PONG');
    });

    it('is gone after stop, which may be called twice', async () => {
      const own = await startRedis();
      await own.stop();
      await own.stop();
      await expect(withRedis(own.url, (client) => client.ping())).rejects.toThrow();
    });
  },
  { needs: ['restart', 'pause'] },
);
