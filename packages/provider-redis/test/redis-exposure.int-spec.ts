import { describeWithRedis } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService } from '../src/index.js';

describeWithRedis(
  'RedisCacheProvider.exposure',
  (store) => {
    const exposureOf = async (url: string, user?: string) => {
      const provider = new RedisCacheProvider(new RedisService({ url, retryAttempts: 0 }));
      await provider.connect();
      try {
        return await provider.exposure(user);
      } finally {
        await provider.close();
      }
    };

    it('tells what the server shows to others', async () => {
      const [found] = await exposureOf(store().url);
      expect(found).toMatchObject({
        isReachable: true,
        isEncrypted: false,
        isLoopback: true,
        peer: `127.0.0.1:${new URL(store().url).port}`,
        user: 'default',
        keyspaceEvents: 'AKE',
        slowlogMicroseconds: 500,
        minReplicas: 2,
      });
    });

    it('knows nothing of the rights of a user that there is not', async () => {
      expect(await exposureOf(store().url, 'nobody')).toMatchObject([{ mayRun: null }]);
    });

    it('says so of a server that does not answer', async () => {
      expect(await exposureOf('redis://127.0.0.1:1')).toMatchObject([
        { isReachable: false, isEncrypted: null, peer: null, mayRun: null },
      ]);
    });
  },
  {
    needs: ['configure'],
    args: [
      ...['--notify-keyspace-events', 'KEA', '--slowlog-log-slower-than', '500'],
      ...['--min-replicas-to-write', '2'],
    ],
  },
);
