import { describeWithRedis } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService, type RedisServiceOptions } from '../src/index.js';
import { CommandCounts } from './support/server-watch.js';

const bytes = (text: string): Buffer => Buffer.from(text);
const refusal = expect.objectContaining({ code: 'STORE_REFUSED' }) as boolean;

describeWithRedis(
  'fenced writes that are asked for together',
  (store) => {
    let admin: RedisService;
    const opened: RedisCacheProvider[] = [];
    const open = async (options: RedisServiceOptions = {}): Promise<RedisCacheProvider> => {
      const provider = new RedisCacheProvider(new RedisService({ url: store().url, ...options }));
      opened.push(provider);
      await provider.connect();
      return provider;
    };
    beforeEach(async () => {
      admin = new RedisService({ url: store().url });
      await admin.connect();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((provider) => provider.close()));
      await admin.client.call('ACL', 'DELUSER', 'some');
      await admin.client.flushall();
      await admin.close();
    });

    const writes = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        key: `vc:app:e:{${i}}`,
        value: bytes(`value ${i}`),
        ttlMs: 60_000,
        lease: { key: `vc:app:l:{${i}}`, token: bytes('me') },
      }));

    it.each([
      ['one script', {}, 1],
      [
        'a script for each hash tag, where a script may name one alone',
        { areScriptsOfOneTag: true },
        20,
      ],
    ])('are %s', async (_, options, scripts) => {
      const provider = await open(options);
      await provider.setFencedMany(writes(1), 0, 0); // the server knows the script
      const counts = new CommandCounts(store().url);
      await counts.reset();
      expect(await provider.setFencedMany(writes(20), 0, 0)).toEqual(writes(20).map(() => true));
      expect(await counts.of('evalsha', 'eval')).toEqual([scripts, 0]);
    });

    it('fail alone where one key is the reason: the others are stored, and their leases released', async () => {
      const provider = await open();
      const all = writes(4);
      for (const { lease } of all) await provider.acquireLease(lease.key, lease.token, 60_000);
      await admin.client.rpush(all[1]!.key, 'a list');
      expect(await provider.setFencedMany(all, 1, 1)).toEqual([true, refusal, true, true]);
      expect(await admin.client.keys('vc:app:l:*')).toEqual([all[1]!.lease.key]);
      expect(await provider.getMany([all[0]!.key, all[3]!.key])).toEqual([
        all[0]!.value,
        all[3]!.value,
      ]);
    });

    it('fail alone where the user may not write one, and reject where all fail', async () => {
      const rule = ['on', '>secret', '+@all', '~vc:app:*{0}', '~vc:app:*{2}'];
      await admin.client.call('ACL', 'SETUSER', 'some', ...rule);
      const provider = await open({ username: 'some', password: 'secret' });
      expect(await provider.setFencedMany(writes(3), 1, 1)).toEqual([true, refusal, true]);
      await expect(provider.setFencedMany(writes(6).slice(3), 1, 1)).rejects.toMatchObject({
        code: 'STORE_REFUSED',
      });
    });

    it('are refused together, and asked for once, by a store that is full', async () => {
      const provider = await open();
      await provider.setFencedMany(writes(1), 0, 0); // the server knows the script
      const counts = new CommandCounts(store().url);
      await admin.client.config('SET', 'maxmemory', '1');
      try {
        await counts.reset();
        await expect(provider.setFencedMany(writes(3), 1, 1)).rejects.toThrow('maxmemory');
        expect(await counts.of('evalsha', 'eval')).toEqual([1, 0]);
      } finally {
        await admin.client.config('SET', 'maxmemory', '0');
      }
    });
  },
  { needs: ['restart'] },
);
