import { CacheService, isCacheError } from '@vitalcache/core';
import { describeWithRedis } from '@vitalcache/testing';

import { journalKey, RedisCacheProvider, RedisService } from '../src/index.js';

describeWithRedis('RedisJournalLog on a stream that others wrote to', (store) => {
  let count = 0;
  const open = async () => {
    const namespace = `${store().prefix}-odd-${++count}`;
    const service = new RedisService({ url: store().url });
    const provider = new RedisCacheProvider(service);
    await provider.connect();
    const key = journalKey(namespace);
    return { log: provider.journal(namespace), client: service.client, key, provider };
  };

  it('keeps the journal under one hash tag', () => {
    expect(journalKey('app')).toBe('vc:{app}:journal');
  });

  it('begins again when the stream was emptied, whatever id it remembers', async () => {
    const { log, client, key, provider } = await open();
    const far = 9_000_000_000_000_000;
    await log.open('1;x', far);
    await client.xtrim(key, 'MAXLEN', 0);
    expect(await log.append({ kind: 'clear' }, 1)).toBeNull();
    const { record } = await log.open('1;x', 0);
    expect(record.body.kind).toBe('genesis');
    expect(record.stamp).toBeLessThan(far);
    await provider.close();
  });

  it('reads a record that it can not decode as covering everything, and gets past it', async () => {
    const { log, client, key, provider } = await open();
    const { record } = await log.open('1;x', 0);
    await client.xadd(key, `${record.stamp + 5}-0`, 'foreign', 'field');
    const slice = await log.read(record.stamp, 10);
    expect(slice.records).toHaveLength(1);
    expect(slice.records[0]).toMatchObject({ stamp: record.stamp + 5, body: { kind: 'unknown' } });
    expect(await log.append({ kind: 'clear' }, 1)).toBeNull();
    const found = await log.open('1;x', 0);
    expect(found.record.body.kind).toBe('unknown');
    const next = await log.advanceEpoch(found.record.epoch, '1;x', 0);
    expect(next.record.body.kind).toBe('genesis');
    expect((await log.append({ kind: 'clear' }, 2))?.epoch).toEqual(next.record.epoch);
    await provider.close();
  });

  it('reads a kind of a later version as covering everything, and goes on appending', async () => {
    const { log, client, key, provider } = await open();
    const { record } = await log.open('1;x', 0);
    const [entry] = await client.xrevrange(key, '+', '-', 'COUNT', 1);
    const fields = (entry?.[1] ?? []).map((value, i, all) =>
      all[i - 1] === 'k' ? 'later' : value,
    );
    const linked = fields.map((value, i, all) =>
      all[i - 1] === 'p' && i % 2 === 1 ? `${record.stamp}-${record.nonce}` : value,
    );
    await client.xadd(key, `${record.stamp + 5}-0`, ...linked);
    const slice = await log.read(record.stamp, 10);
    expect(slice.records[0]?.body).toEqual({ kind: 'unknown' });
    expect(slice.records[0]?.previous).toEqual({ stamp: record.stamp, nonce: record.nonce });
    expect((await log.append({ kind: 'clear' }, 1))?.previous?.stamp).toBe(record.stamp + 5);
    await provider.close();
  });

  it('rejects when the key holds something else', async () => {
    const { log, client, key, provider } = await open();
    await client.set(key, 'text');
    for (const operation of [
      log.open('1;x', 0),
      log.append({ kind: 'clear' }, 1),
      log.read(0, 1),
    ]) {
      const error = await operation.catch((reason: unknown) => reason);
      expect(isCacheError(error, 'STORE_REFUSED') && error.message).toContain('WRONGTYPE');
    }
    await provider.close();
  });

  it('opens its second connection with the first poll and closes it with the provider', async () => {
    const { log, client, provider } = await open();
    const connections = async (): Promise<number> => {
      const list = (await client.client('LIST')) as string;
      return list.split('\n').filter((line) => line.includes('name=vitalcache-journal')).length;
    };
    await log.open('1;x', 0);
    expect(await connections()).toBe(0);
    await log.poll?.(0, 1, 10);
    expect(await connections()).toBe(1);
    const polling = log
      .poll?.(Number.MAX_SAFE_INTEGER, 1, 20_000)
      .catch((reason: unknown) => reason);
    expect((await provider.status()).pool).toEqual({ busy: 0, open: 1 });
    await provider.close();
    expect(isCacheError(await polling, 'CLOSED')).toBe(true);
    const after = await Promise.resolve(log.poll?.(0, 1, 10)).catch((reason: unknown) => reason);
    expect(isCacheError(after, 'CLOSED')).toBe(true);
  });
});

describeWithRedis(
  'a restart of Redis that loses nothing',
  (store) => {
    it.each([
      ['is no reason to refuse what a durable namespace holds', true, 'v1'],
      ['is one elsewhere', false, 'v2'],
    ])('%s', async (_name, durable, served) => {
      const namespace = `${store().prefix}-restart-${durable}`;
      const open = (): CacheService =>
        new CacheService(new RedisCacheProvider(new RedisService({ url: store().url })), {
          namespace,
          durable,
        });
      const before = open();
      await before.cache('users:7', () => 'v1', { tags: ['user:7'] });
      await before.close();
      await store().restart?.({ keepData: true });

      const after = open();
      expect(await after.cache('users:7', () => 'v2', { tags: ['user:7'] })).toBe(served);
      expect((await after.invalidateCacheByTag('user:7')).recorded).toBe(true);
      expect(await after.cache('users:7', () => 'v3', { tags: ['user:7'] })).toBe('v3');
      await after.close();
    });
  },
  { needs: ['restart'] },
);
