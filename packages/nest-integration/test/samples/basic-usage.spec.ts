import { UnauthorizedException } from '@nestjs/common';

import { CacheModule, CacheService } from '../../src/index.js';
import { closeAll, startHttp, testOptions } from '../support/apps.js';
import { LogLines } from '../support/log-lines.js';
import {
  BatchService,
  FaultTolerantService,
  keyOfFactory,
  LoggingService,
  MigrationAfter,
  MigrationBefore,
  ProductsService,
  SwrController,
  unifiedOptions,
  UsersByTtl,
  UsersController,
} from './basic-usage.sample.js';
import { UserRepository } from './repositories.js';
import { startSamples } from './samples.app.js';

afterEach(closeAll);

describe('basic usage', () => {
  it('caches a handler with the default ttl, for requests without credentials', async () => {
    const lines = new LogLines();
    const { app, url } = await startHttp('express', {
      imports: [CacheModule.forRoot(testOptions({}, lines))],
      controllers: [UsersController],
      providers: [UserRepository],
    });
    const ask = async (headers: Record<string, string> = {}) => {
      const answer = await fetch(`${url}/users`, { headers });
      await app.get(CacheService).settled();
      return [await answer.json(), answer.headers.get('cache-status')];
    };
    expect(await ask()).toEqual([[{ name: 'ada', call: 1 }], expect.stringContaining('fwd=miss')]);
    const [answer, status] = await ask();
    expect(answer).toEqual([{ name: 'ada', call: 1 }]);
    const [, seconds] = /hit; ttl=(\d+)/.exec(String(status)) ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(3_400); // 3 600 less at most 5 %
    expect((await ask({ authorization: 'Bearer x' }))[0]).toEqual([{ name: 'ada', call: 2 }]);
    expect(lines.warnings).toEqual([
      expect.stringMatching(/UsersController\.getAllUsers.*declare `varyBy` or `public: true`/),
    ]);
  });

  it.each([
    ['getUserById', 1_800],
    ['getUser', 3_600],
  ] as const)('caches for as long as ttl says: %s', async (method, seconds) => {
    const { module, clock, cache } = await startSamples([UsersByTtl, UserRepository]);
    const users = module.get(UsersByTtl);
    const ask = async () => {
      const { call } = await users[method]('7');
      await cache.settled();
      return call;
    };
    expect([await ask(), await ask()]).toEqual([1, 1]);
    clock.advance(seconds * 1_000 - 1);
    expect(await ask()).toBe(1); // stale by now
    clock.advance(seconds * 1_000 + 1);
    expect(await ask()).toBeGreaterThan(1);
  });

  it('caches in a service, by tags', async () => {
    let calls = 0;
    ProductsService.prototype.fetchProductFromDatabase = async (id) => ({ id, call: ++calls });
    const { module, clock, cache } = await startSamples([ProductsService]);
    const products = module.get(ProductsService);
    const ask = async () => {
      const details = await products.getProductDetails('9', { priority: 'low' });
      await cache.settled();
      return details;
    };
    expect([await ask(), await ask()]).toEqual([
      { id: '9', call: 1 },
      { id: '9', call: 1 },
    ]);
    for (const tag of ['products', 'product:9']) {
      await cache.invalidateCacheByTag(tag);
      await ask();
    }
    expect(calls).toBe(3);
    clock.advance(120_000);
    expect((await cache.explain('products:9:details')).state).toBe('stale');
    clock.advance(480_000);
    expect((await cache.explain('products:9:details')).state).toBe('absent');
  });

  it('makes keys by convention', async () => {
    const { cache } = await startSamples([]);
    expect(keyOfFactory(cache)).toBe('patient:patient-123:clinic:clinic-456:records');
  });

  it('serves stale data at once and refreshes it', async () => {
    const { module, clock, cache } = await startSamples([SwrController, UserRepository]);
    const users = module.get(SwrController);
    const ask = async () => {
      const { call } = await users.getUser('7');
      await cache.settled();
      return call;
    };
    expect([await ask(), await ask()]).toEqual([1, 1]);
    clock.advance(60_000);
    expect(await ask()).toBe(1);
    await until(async () => (await ask()) === 2);
    expect(await cache.get('users:7')).toEqual({ id: '7', call: 2 });
    clock.advance(300_000);
    expect(await ask()).toBe(3);
    await cache.invalidateCacheByTag('users');
    expect(await ask()).toBe(4);
  });

  it('gets, sets and deletes in batches', async () => {
    const { module, cache } = await startSamples([BatchService]);
    await cache.set('user:2', { name: 'bo' });
    const batch = module.get(BatchService);
    const { results, deletedCount } = await batch.run({ n: 1 }, { n: 2 }, { n: 3 });
    expect(results).toEqual([null, { name: 'bo' }, null]);
    expect(deletedCount).toBe(3);
    expect(await cache.batchGet(['user:1', 'user:2', 'user:3'])).toEqual([null, null, null]);
  });

  it('takes every option at once', async () => {
    const { cache, clock } = await startSamples([]);
    expect(await unifiedOptions(cache, async () => 'one')).toBe('one');
    await cache.settled();
    expect(await unifiedOptions(cache, async () => 'two')).toBe('one');
    clock.advance(300_000);
    expect((await cache.explain('cache-key')).state).toBe('stale');
    await cache.invalidateCacheByTag('tag2');
    expect(await unifiedOptions(cache, async () => 'three')).toBe('three');
  });

  it('falls back to the database', async () => {
    const { module, cache } = await startSamples([FaultTolerantService, UserRepository]);
    const service = module.get(FaultTolerantService);
    const calls = async () => ((await service.find('rows')) as { call: number }[])[0]?.call;
    expect([await calls(), await calls()]).toEqual([1, 1]);
    const refused = new UnauthorizedException('cache');
    jest.spyOn(cache, 'get').mockRejectedValue(refused);
    expect(await calls()).toBe(2);
    expect(service.errors).toEqual([refused]);
  });

  it('logs what the application hands over', () => {
    const said: unknown[][] = [];
    const logger = Object.fromEntries(
      ['debug', 'warn', 'error'].map((level) => [level, (...args: unknown[]) => said.push(args)]),
    );
    const error = new Error('no');
    new LoggingService(logger as never).run('key', 1, ['tag'], error);
    expect(said).toEqual([
      ['Cache operation:', { key: 'key', ttl: 1, tags: ['tag'] }],
      ['Cache miss for key:', 'key'],
      ['Cache error:', error],
    ]);
  });
});

describe('the migration example', () => {
  const finding = () => {
    let calls = 0;
    return { find: async (userId: string) => JSON.stringify({ userId, call: ++calls }) };
  };

  it('migrates: before, with a string as value', async () => {
    const { cache } = await startSamples([]);
    const before = new MigrationBefore(finding());
    expect(await before.user(cache, '7')).toBe('{"userId":"7","call":1}');
    expect(await before.user(cache, '7')).toEqual({ userId: '7', call: 1 });
  });

  it('migrates: after, in one call that loads once for everybody', async () => {
    const { cache, clock } = await startSamples([]);
    const after = new MigrationAfter(cache, finding());
    const answers = await Promise.all([after.user('7'), after.user('7'), after.user('7')]);
    expect(new Set(answers)).toEqual(new Set(['{"userId":"7","call":1}']));
    await cache.settled();
    expect(await cache.get('user:7')).toBe('{"userId":"7","call":1}');
    clock.advance(3_600_000);
    expect(await cache.get('user:7')).toBeNull();
  });
});

/** A refresh in the background needs a moment. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('It did not come true.');
}
