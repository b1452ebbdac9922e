import { inspect } from 'node:util';

import type { CacheError } from '@vitalcache/core';
import { describeWithRedis, until } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService, type RedisServiceOptions } from '../src/index.js';
import { stallingProxy } from './stalling-proxy.js';

const CANARY = 'patient-4711';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What a rejected promise was rejected with. */
async function rejection(promise: Promise<unknown>): Promise<CacheError> {
  return promise.then(
    () => {
      throw new Error('it did not reject');
    },
    (error: unknown) => error as CacheError,
  );
}

describe('a Redis that can not be reached', () => {
  const lines: string[] = [];
  let attempts = 0;
  const service = new RedisService({
    url: 'redis://127.0.0.1:1',
    credentials: () => ({ username: 'app', password: `${CANARY}-${++attempts}` }),
    connectTimeoutMs: 500,
    commandTimeoutMs: 500,
    onStateChange: (line) => lines.push(line),
  });
  const provider = new RedisCacheProvider(service);
  afterAll(() => provider.close());

  it('is a state: connect resolves, operations reject at once, status says so', async () => {
    const printed = jest.spyOn(console, 'error');
    await provider.connect();
    const error = await rejection(provider.get(CANARY));
    expect(error.code).toBe('STORE_UNAVAILABLE');
    expect(error.message).toContain('ECONNREFUSED');
    expect(await provider.status()).toEqual({
      connected: false,
      memoryBytes: null,
      maxBytes: null,
      pool: { busy: 0, open: 0 },
    });
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });

  it('is told once, without the password', async () => {
    const before = attempts;
    expect(before).toBeGreaterThan(0);
    await until('three more attempts', () => attempts >= before + 3);
    expect(lines).toEqual(['Redis 127.0.0.1:1/0: not reachable (ECONNREFUSED), trying again']);
  });

  it('makes a poll wait within bounds, then reject', async () => {
    const error = await rejection(provider.journal('n').poll?.(0, 1, 50) ?? Promise.resolve());
    expect(error.code).toBe('STORE_UNAVAILABLE');
  });
});

describeWithRedis('a provider that was never connected', (store) => {
  it('connects with the first operation', async () => {
    const provider = new RedisCacheProvider(new RedisService({ url: store().url }));
    await provider.set(`${store().prefix}:lazy`, bytes('x'), 60_000);
    expect(await provider.get(`${store().prefix}:lazy`)).toEqual(bytes('x'));
    await provider.close();
  });
});

describeWithRedis(
  'a Redis that comes and goes',
  (store) => {
    const lines: string[] = [];
    let provider: RedisCacheProvider;
    const open = async (options: RedisServiceOptions = {}): Promise<RedisCacheProvider> => {
      lines.length = 0;
      const onStateChange = (line: string): number => lines.push(line.replace(/127.*\/0/, 'here'));
      const timeouts = { connectTimeoutMs: 1_000, commandTimeoutMs: 400 };
      const url = options.port ? undefined : store().url;
      const service = new RedisService({ url, ...timeouts, onStateChange, ...options });
      provider = new RedisCacheProvider(service);
      await provider.connect();
      return provider;
    };
    const answers = async (): Promise<boolean> => {
      const value = await provider.get('any').catch(() => undefined);
      return value !== undefined;
    };
    afterEach(async () => {
      await store().resume?.();
      await provider.close();
    });

    it('is found again after a restart, and each transition is told once', async () => {
      await open();
      await store().restart?.();
      await until('it answers again', answers);
      expect(lines[0]).toBe('Redis here: connected');
      expect(lines[1]).toMatch(/^Redis here: not reachable \([A-Z]+\), trying again$/);
      expect(lines[2]).toBe('Redis here: connected');
      expect(lines).toHaveLength(3);
    });

    it('times out while it hangs, then fails fast, and is used again when it goes on', async () => {
      await open();
      await store().pause?.();
      expect((await rejection(provider.get('any'))).code).toBe('STORE_TIMEOUT');
      await until('the link is given up', () => lines.length === 2);
      // Each waiting for its answer, they would take longer than this test may.
      for (let i = 0; i < 100; i++) {
        expect((await rejection(provider.get('any'))).code).toMatch(/^STORE_/);
      }
      await store().resume?.();
      await until('it answers again', answers);
    });

    it('ends a poll that gets no answer, and the next one works on a new connection', async () => {
      await open();
      const log = provider.journal(`${store().prefix}-hang`);
      const head = await log.open('1;x', 0);
      expect((await log.poll?.(0, 10, 1_000))?.records).toHaveLength(1);
      const polling = rejection(log.poll?.(head.record.stamp, 10, 300) ?? Promise.resolve());
      await store().pause?.();
      expect((await polling).code).toBe('STORE_TIMEOUT');
      await store().resume?.();
      await until('it answers again', answers);
      expect((await log.poll?.(0, 10, 1_000))?.records).toHaveLength(1);
    });

    it('leaves a connection on which nothing passes any more', async () => {
      const proxy = await stallingProxy(Number(new URL(store().url).port));
      await open({ host: '127.0.0.1', port: proxy.port });
      const log = provider.journal(`${store().prefix}-stall`);
      const head = await log.open('1;x', 0);
      await log.poll?.(0, 10, 1_000);
      proxy.stall();
      const polling = rejection(log.poll?.(head.record.stamp, 10, 300) ?? Promise.resolve());
      expect((await rejection(provider.get('any'))).code).toBe('STORE_TIMEOUT');
      expect((await polling).code).toBe('STORE_TIMEOUT');
      await until('it answers again', answers);
      expect((await log.poll?.(0, 10, 1_000))?.records).toHaveLength(1);
      await provider.close();
      await proxy.close();
    });

    it('gets no command twice: what was under way when the connection broke is not sent again', async () => {
      const proxy = await stallingProxy(Number(new URL(store().url).port));
      await open({ host: '127.0.0.1', port: proxy.port });
      const log = provider.journal(`${store().prefix}-twice`);
      const { record } = await log.open('1;x', 0);
      await log.append({ kind: 'clear' }, 1);
      proxy.stallReplies();
      expect((await rejection(log.append({ kind: 'clear' }, 2))).code).toBe('STORE_TIMEOUT');
      await until('it answers again', answers);
      const { records } = await log.read(record.stamp, 10);
      expect(records.map(({ nonce }) => nonce)).toEqual([1, 2]);
      await provider.close();
      await proxy.close();
    });
  },
  { needs: ['restart', 'pause'] },
);

describeWithRedis(
  'a Redis that refuses',
  (store) => {
    const withAdmin = async (...commands: [string, ...string[]][]): Promise<void> => {
      const admin = new RedisService({ url: store().url });
      await admin.connect();
      for (const [command, ...args] of commands) await admin.client.call(command, ...args);
      await admin.close();
    };
    const open = async (options: RedisServiceOptions = {}): Promise<RedisCacheProvider> => {
      const provider = new RedisCacheProvider(new RedisService({ url: store().url, ...options }));
      await provider.connect();
      return provider;
    };
    afterEach(() =>
      withAdmin(['CONFIG', 'SET', 'maxmemory', '0'], ['ACL', 'DELUSER', 'app'], ['FLUSHALL']),
    );

    const operations: readonly [string, (provider: RedisCacheProvider) => Promise<unknown>][] = [
      ['get', (provider) => provider.get(CANARY)],
      ['getMany', (provider) => provider.getMany([CANARY])],
      ['set', (provider) => provider.set(CANARY, bytes(CANARY), 1_000)],
      [
        'setMany',
        (provider) => provider.setMany([{ key: CANARY, value: bytes(CANARY), ttlMs: 1_000 }]),
      ],
      ['del', (provider) => provider.del(CANARY)],
      ['delMany', (provider) => provider.delMany([CANARY])],
      ['sweep', (provider) => provider.invalidateCacheByPattern(`${CANARY}*`, 1_000)],
      [
        'setFenced',
        (provider) => provider.setFenced({ key: CANARY, value: bytes(CANARY), ttlMs: 1_000 }, 0, 0),
      ],
      [
        'setFencedMany',
        (provider) => {
          const item = { key: CANARY, value: bytes(CANARY), ttlMs: 1_000 };
          const lease = { key: CANARY, token: bytes(CANARY) };
          return provider.setFencedMany([item, { ...item, lease }], 0, 0);
        },
      ],
      ['acquireLease', (provider) => provider.acquireLease(CANARY, bytes(CANARY), 1_000)],
      ['releaseLease', (provider) => provider.releaseLease(CANARY, bytes(CANARY))],
      [
        'append',
        (provider) => provider.journal(CANARY).append({ kind: 'glob', pattern: CANARY }, 1),
      ],
      ['read', (provider) => provider.journal(CANARY).read(0, 1)],
    ];

    it.each(operations)(
      '%s: tells the class, what to do, and nothing that it was given',
      async (_, operate) => {
        await withAdmin(['ACL', 'SETUSER', 'app', 'on', '>secret', '+info', '+client', '+select']);
        const provider = await open({ username: 'app', password: 'secret' });
        const error = await rejection(operate(provider));
        await provider.close();
        expect(error.code).toBe('STORE_REFUSED');
        expect(error.message).toContain('NOPERM');
        expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(CANARY);
      },
    );

    it('rejects writes with OOM when it is full, and goes on reading', async () => {
      const provider = await open();
      await provider.set('kept', bytes('x'), 60_000);
      const log = provider.journal('full');
      await log.open('1;x', 0);
      await withAdmin(['CONFIG', 'SET', 'maxmemory', '1']);
      for (const write of [
        provider.set('new', bytes('x'), 1_000),
        log.append({ kind: 'clear' }, 1),
      ]) {
        expect((await rejection(write)).message).toContain('(OOM)');
      }
      expect(await provider.get('kept')).toEqual(bytes('x'));
      expect((await provider.status()).maxBytes).toBe(1);
      await provider.close();
    });

    it('with wrong credentials is not usable, says WRONGPASS and shows none of them', async () => {
      const lines: string[] = [];
      const onStateChange = (line: string): number => lines.push(line);
      const provider = await open({ username: 'app', password: CANARY, onStateChange });
      const error = await rejection(provider.get('any'));
      await provider.close();
      expect(error.code).toBe('STORE_UNAVAILABLE'); // an answer would close the breaker
      expect(error.message).toContain('WRONGPASS');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/not reachable \(WRONGPASS\), trying again$/);
      expect(error.message + lines.join()).not.toContain(CANARY);
    });

    it('says that it turns this process away also after the connection was lost for that', async () => {
      const lines: string[] = [];
      const onStateChange = (line: string): number => lines.push(line);
      await withAdmin(['ACL', 'SETUSER', 'app', 'on', '>first', '~*', '+@all']);
      const provider = await open({ username: 'app', password: 'first', onStateChange });
      await withAdmin(
        ['ACL', 'SETUSER', 'app', 'resetpass', '>second'],
        ['CLIENT', 'KILL', 'USER', 'app'],
      );
      await until('it is told', () => lines.some((line) => line.includes('WRONGPASS')));
      const error = await rejection(provider.get('any'));
      await provider.close();
      expect(error.code).toBe('STORE_UNAVAILABLE');
      expect(lines.filter((line) => line.includes('WRONGPASS'))).toHaveLength(1);
    });

    it('without the database is not usable: nothing lands in another one', async () => {
      const provider = await open({ db: 999 });
      const error = await rejection(provider.set('lost', bytes('x'), 60_000));
      await provider.close();
      expect(error.code).toBe('STORE_UNAVAILABLE');
      expect(error.message).toContain('REDIS_DB');
      const first = await open();
      expect(await first.get('lost')).toBeNull();
      await first.close();
    });

    it('refuses the journal, not the rest, when it does not tell who it is', async () => {
      await withAdmin(['ACL', 'SETUSER', 'app', 'on', '>secret', '~*', '+@all', '-info']);
      const warned = jest.spyOn(console, 'warn').mockReturnValue();
      const provider = await open({ username: 'app', password: 'secret' });
      expect(await provider.get('any')).toBeNull();
      const error = await rejection(provider.journal('n').open('1;x', 0));
      await provider.close();
      warned.mockRestore();
      expect(error.message).toContain('NOPERM');
    });

    it('that lost its scripts gets them again', async () => {
      const provider = await open();
      const log = provider.journal('scripts');
      await log.open('1;x', 0);
      await withAdmin(['SCRIPT', 'FLUSH']);
      expect((await log.append({ kind: 'clear' }, 1))?.nonce).toBe(1);
      await withAdmin(['SCRIPT', 'FLUSH']);
      expect(await provider.acquireLease('lease', bytes('me'), 1_000)).toBeNull();
      await provider.close();
    });
  },
  { needs: ['restart'] },
);
