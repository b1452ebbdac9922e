import { DragonflyCacheProvider } from '@vitalcache/provider-dragonfly';
import { describeWithRedis } from '@vitalcache/testing';

import { CACHE_PROVIDER_TOKEN, CacheModule, CacheService } from '../src/index.js';
import { closeAll, startModule } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

// What is tested is that the package is found and built from its variables. A Redis speaks the protocol.
describeWithRedis('CacheModule with a Redis at DRAGONFLY_URL', (store) => {
  afterEach(closeAll);

  it.each<[string, NodeJS.ProcessEnv]>([
    ['CACHE_PROVIDER=dragonfly', { CACHE_PROVIDER: 'dragonfly' }],
    ['no CACHE_PROVIDER', {}],
  ])('loads the package for %s, works, and knows what the server is', async (_, chosen) => {
    const { url, prefix } = store();
    const env = { ...chosen, DRAGONFLY_URL: url, CACHE_NAMESPACE: `${prefix}nest` };
    const lines = new LogLines();
    const app = await startModule({ imports: [CacheModule.forRoot({ env, logger: lines })] });
    expect(lines.warnings).toEqual([]);
    expect(lines.logs).toEqual([
      expect.stringMatching(/^provider dragonfly, standalone \(connected\)/),
    ]);

    const provider = app.get<DragonflyCacheProvider>(CACHE_PROVIDER_TOKEN);
    expect(provider).toBeInstanceOf(DragonflyCacheProvider);
    expect(await provider.describe()).toMatchObject([{ isReachable: true, software: 'redis' }]);

    const cache = app.get(CacheService);
    expect(await cache.cache('users:7', () => 'v1', { tags: ['user:7'] })).toBe('v1');
    expect((await cache.invalidateCacheByTag('user:7')).recorded).toBe(true);
    expect(await cache.cache('users:7', () => 'v2', { tags: ['user:7'] })).toBe('v2');
    await cache.clear();
  });
});
