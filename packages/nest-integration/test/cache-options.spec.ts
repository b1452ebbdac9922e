import { Injectable } from '@nestjs/common';
import type { CacheOperation, ICacheMiddleware, ResolvedCacheOptions } from '@vitalcache/core';
import { SWRCacheStrategy } from '@vitalcache/swr';

import { Cache, CacheModule, CacheService, type CacheDecoratorOptions } from '../src/index.js';
import { closeAll, startModule, testOptions } from './support/apps.js';

afterEach(closeAll);

/** What the cache makes of the options of a decorator, and under which key. */
async function resolved(options: CacheDecoratorOptions, env: Record<string, string> = {}) {
  const seen: CacheOperation[] = [];
  const noting: ICacheMiddleware = {
    name: 'noting',
    handle: (operation, next) => {
      if (operation.kind === 'read') seen.push(operation);
      return next();
    },
  };
  @Injectable()
  class Users {
    @Cache(options)
    async find(id: string) {
      return id;
    }
  }
  const module = await startModule({
    imports: [
      CacheModule.forRoot(
        testOptions({ env, middleware: [noting], strategies: [new SWRCacheStrategy()] }),
      ),
    ],
    providers: [Users],
  });
  await module.get(Users).find('1');
  await module.get(CacheService).settled();
  const [operation] = seen;
  return { key: operation?.key, ...(operation?.options as ResolvedCacheOptions) };
}

describe('the options of @Cache()', () => {
  it('have the defaults of the table', async () => {
    // Which, when it is on, compresses what says nothing of it.
    const env = { CACHE_MEMORY_OPTIMIZATION_ENABLED: 'false' };
    expect(await resolved({}, env)).toMatchObject({
      key: expect.stringMatching(/^Users:find:/),
      ttlMs: 3_600_000,
      enableSwr: true,
      staleMs: 1_800_000,
      forceRefresh: false,
      tags: [],
      compress: false,
      priority: 'high',
      containsPHI: false,
      complianceLevel: 'standard',
      emergencyData: false,
      patientSpecific: false,
      doctorSpecific: false,
      clinicSpecific: false,
    });
  });

  it.each<[CacheDecoratorOptions, object]>([
    [{ ttl: 60 }, { ttlMs: 60_000, staleMs: 30_000 }],
    [{ keyTemplate: 'users:{id}' }, { key: 'users:1', template: 'users:{id}' }],
    [{ useSwr: false }, { enableSwr: false, staleMs: 3_600_000 }],
    [{ staleTime: 60 }, { staleMs: 60_000 }],
    [{ forceRefresh: true }, { forceRefresh: true }],
    [{ tags: ['users', 'user:{id}'] }, { tags: ['users', 'user:1'] }],
    [{ compress: true }, { compress: true }],
    [{ priority: 'low' }, { priority: 'low' }],
  ])('reach the cache as they are written: %j', async (options, expected) => {
    expect(await resolved(options)).toMatchObject(expected);
  });

  it.each<CacheDecoratorOptions>([
    { containsPHI: true },
    { containsPHI: true, complianceLevel: 'sensitive' },
    { emergencyData: true },
    { patientSpecific: true },
    { doctorSpecific: true },
    { clinicSpecific: true },
  ])('are refused at start where only healthcare-phi could keep them: %j', async (options) => {
    await expect(resolved(options)).rejects.toMatchObject({
      code: 'FEATURE_MISSING',
      message: expect.stringMatching(/^@Cache\(\) on Users\.find: .*@vitalcache\/healthcare-phi/),
    });
  });
});
