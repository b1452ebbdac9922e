import { Injectable } from '@nestjs/common';

import { Cache, CacheModule, CacheService, type CacheModuleOptions } from '../src/index.js';
import { closeAll, startModule, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

const MARK = 'mark-4711';

@Injectable()
class Users {
  @Cache({ keyTemplate: 'users:one:{id}', tags: ['users', 'role:{role}'] })
  async one(id: string, role: string): Promise<string> {
    return `${id} ${role}`;
  }

  @Cache()
  async all(): Promise<string> {
    return 'all';
  }
}

@Injectable()
class Labelled {
  @Cache({ keyTemplate: 'labels:{id}', tags: (label: string) => [`label:${label}`] })
  async find(id: string): Promise<string> {
    return id;
  }
}

describe('an invalidation in development', () => {
  afterEach(closeAll);

  async function start(more: CacheModuleOptions = {}, providers = [Users]) {
    const lines = new LogLines();
    const imports = [CacheModule.forRoot(testOptions(more, lines))];
    const module = await startModule({ imports, providers });
    return { cache: module.get<CacheService>(CacheService), warnings: lines.warnings, module };
  }

  it('of what nobody knows is reported once, with near names and without its own', async () => {
    const { cache, warnings } = await start();
    for (const id of [MARK, '8']) {
      await cache.invalidateCacheByPattern(`user:${id}:*`);
      await cache.invalidateCacheByTag(`rolle:${id}`);
      await cache.invalidateCache(`users:${id}`);
      await cache.del(`users:${id}`);
    }
    expect(warnings).toEqual([
      expect.stringMatching(/the pattern user:…:… concerns no key .*near: users:one:\{id\}\)/),
      expect.stringMatching(/the tag rolle:… concerns no tag .*near: role:\{role\}\)/),
      expect.stringMatching(/the key users:… concerns no key .*near: users:one:\{id\}\)/),
    ]);
    expect(warnings.join()).not.toContain(MARK);
  });

  it('of what looks like nothing that is known is not: it may be read later, or elsewhere', async () => {
    const { cache, warnings } = await start();
    await cache.invalidateCacheByTag('invoices');
    await cache.invalidateCacheByPattern('patient:7:*');
    await cache.invalidateCache('bookings:9');
    expect(warnings).toEqual([]);
    await cache.invalidateCacheByTag('user'); // nor does it hide a slip that follows
    expect(warnings).toEqual([expect.stringContaining('near: users)')]);
  });

  it('of what is declared or was used is not', async () => {
    const { cache, warnings } = await start();
    await cache.cache('products:9:details', () => 1, { tags: ['product:9'] });
    await cache.batchSet([{ key: 'prices:9', value: 1, tags: ['price-list'] }]);
    await cache.invalidateCacheByPattern('users:*');
    await cache.invalidateCacheByPattern('*:one:7');
    await cache.invalidateCache('users:one:7');
    await cache.invalidateCacheByPattern('Users:*');
    await cache.invalidateCacheByTags(['users', 'role:admin', 'product:10', 'price-list']);
    await cache.invalidateCacheByPattern('products:*');
    await cache.batchDelete(['products:8:details', 'prices:8']);
    await cache.clear();
    expect(warnings).toEqual([]);
  });

  it('of a tag is not, where functions make tags; of a key it is', async () => {
    const { cache, warnings } = await start({}, [Labelled as never]);
    await cache.invalidateCacheByTag('anything');
    await cache.invalidateCache('lables:7');
    expect(warnings).toEqual([expect.stringContaining('near: labels:{id}')]);
  });

  it('is not in a process that only writes', async () => {
    const { cache, warnings } = await start({}, []);
    await cache.invalidateCacheByTag('users');
    await cache.invalidateCacheByPattern('users:*');
    expect(warnings).toEqual([]);
  });

  it.each<[string, CacheModuleOptions]>([
    ['in production', { env: { NODE_ENV: 'production' } }],
    ['where that is switched off', { reportsUnmatched: false }],
  ])('is not reported %s', async (_where, more) => {
    const { cache, warnings } = await start(more);
    await cache.invalidateCacheByPattern('user:7:*');
    expect(warnings).toEqual([]);
  });
});
