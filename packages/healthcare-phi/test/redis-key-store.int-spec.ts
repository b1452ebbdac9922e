import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { describeWithRedis, startStore, until, type TestStore } from '@vitalcache/testing';
import { Redis } from 'ioredis';

import { assertKeysApart } from '../src/keys/key-store.separation.js';
import { RedisKeyStore } from '../src/keys/stores/redis-key.store.js';
import { describeKeyStore } from './support/key-store.contract.js';

const FORGETFUL = ['--save', '', '--appendonly', 'no'];

describeWithRedis(
  'RedisKeyStore',
  (store) => {
    const clients: Redis[] = [];
    const client = (): Redis => {
      const made = new Redis(store().url);
      clients.push(made);
      return made;
    };
    afterAll(() => clients.forEach((made) => made.disconnect()));

    describeKeyStore('RedisKeyStore', async (clock) => {
      await store().flush();
      return RedisKeyStore.connect(store().url, { clock, prefix: store().prefix });
    });

    it('is told from the store of the values by what both servers call themselves', async () => {
      const service = new RedisService({ url: store().url });
      const provider = new RedisCacheProvider(service);
      await provider.connect();
      await provider.journal('ns').open('1;test', 0);
      const keys = new RedisKeyStore({ client: client() });
      await expect(keys.open()).resolves.toBeUndefined();
      await expect(assertKeysApart(keys, provider, 'ns')).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('a server of its own'),
      });
      const elsewhere = { serverIds: async () => ['f'.repeat(40)] };
      expect(await assertKeysApart(elsewhere, provider, 'ns')).toBe(true);
      const told = await provider.exposure();
      const alone = { journal: undefined } as unknown as typeof provider; // by what stores tell, without a journal
      await expect(assertKeysApart(keys, alone, 'ns', told)).rejects.toThrow('a server of its own');
      const down = { serverIds: () => Promise.reject(new Error('down')) };
      expect(await assertKeysApart(down, provider, 'ns')).toBe(false);
      await provider.close();
    });

    it.each([
      ['save', '3600 1'],
      ['appendonly', 'yes'],
    ])('does not open on a server with %s %s, unless told', async (name, value) => {
      const admin = client();
      await admin.config('SET', name, value);
      const keys = (allowPersistence: boolean): Promise<void> =>
        new RedisKeyStore({ client: admin, allowPersistence }).open();
      try {
        await expect(keys(false)).rejects.toMatchObject({
          code: 'CONFIG_INVALID',
          message: expect.stringContaining('saves to disk'),
        });
        await expect(keys(true)).resolves.toBeUndefined();
      } finally {
        await admin.config('SET', name, name === 'save' ? '' : 'no');
      }
    });

    it('does not open where it is not told whether the server saves', async () => {
      const admin = client();
      await admin.call('ACL', 'SETUSER', 'mute', 'on', '>word', '~*', '+@all', '-config');
      const mute = new Redis(store().url, { username: 'mute', password: 'word' });
      await expect(new RedisKeyStore({ client: mute }).open()).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('allowPersistence'),
      });
      mute.disconnect();
      await admin.call('ACL', 'DELUSER', 'mute');
    });

    it('destroys every row that is there, also after a process whose clock is ahead was at it', async () => {
      await store().flush();
      const keys = new RedisKeyStore({ client: client() });
      const ahead = { now: () => Date.now() + 7_200_000 };
      const other = new RedisKeyStore({ client: client(), clock: ahead });
      const row = { tenant: 't', wrapped: Buffer.of(1), expiresAt: Date.now() + 3_600_000 };
      await keys.putIfAbsent({ ...row, name: 'a', id: 'a'.repeat(16) });
      await other.putIfAbsent({ ...row, name: 'b', id: 'b'.repeat(16) });
      expect(await keys.destroyTenant('t')).toHaveLength(2);
      expect(await keys.get('t', 'a')).toBeNull();
    });

    it('gives every row and every list of names an expiry', async () => {
      await store().flush();
      const keys = new RedisKeyStore({ client: client() });
      const at = Date.now();
      const row = { tenant: 't', id: '0'.repeat(16), wrapped: Buffer.of(1) };
      await keys.putIfAbsent({ ...row, name: 'a', expiresAt: at + 60_000 });
      await keys.putIfAbsent({ ...row, name: 'b', expiresAt: at + 90_000 });
      await keys.putIfAbsent({ ...row, name: 'c', expiresAt: at + 30_000 });
      const ttls = await Promise.all(
        (await client().keys('*')).map((key) => client().pexpiretime(key)),
      );
      expect(ttls.sort()).toEqual([30_000, 60_000, 90_000, 90_000].map((ms) => at + ms));
    });
  },
  { args: FORGETFUL, needs: ['configure'] },
);

describe('a RedisKeyStore whose server is away', () => {
  let server: TestStore;
  beforeAll(async () => {
    server = await startStore('redis', { args: FORGETFUL });
  });
  afterAll(() => server.stop());

  it('says so within bounds, at start and later, and is back with the server', async () => {
    const { url } = server;
    await server.kill?.();
    const keys = await RedisKeyStore.connect(url);
    await expect(keys.open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(keys.get('t', 'n')).rejects.toThrow();
    await server.start?.();
    await until('the server answers', () =>
      keys.open().then(
        () => true,
        () => false,
      ),
    );
    expect(await keys.get('t', 'n')).toBeNull();
    await keys.close();
  });
});
