import { Test, type TestingModule } from '@nestjs/testing';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';

import { CacheModule, CacheService } from '../src/index.js';

describe('the debug log', () => {
  let app: TestingModule;
  let lines: string[];

  async function start(level: string): Promise<CacheService> {
    lines = [];
    const logger = {
      debug: (line: string) => lines.push(line),
      log: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    };
    app = await Test.createTestingModule({
      imports: [
        CacheModule.forRoot({
          provider: new MemoryCacheProvider(),
          env: { CACHE_LOG_LEVEL: level, CACHE_NAMESPACE: `log-${level}` },
          logger,
        }),
      ],
    }).compile();
    await app.init();
    return app.get<CacheService>(CacheService);
  }
  afterEach(() => app.close());

  const read = (cache: CacheService) =>
    cache.cache('users:4711', () => 'SECRET', { template: 'users:{id}', ttl: 60 });

  it('has one line an operation, with template, outcome, tier and time, and no key', async () => {
    const cache = await start('debug');
    await read(cache);
    await cache.settled();
    await read(cache);
    await cache.invalidateCacheByTag('users');
    expect(lines.map((line) => line.replace(/[\d.]+ ms/, 'n ms'))).toEqual([
      'write users:{id}: stored, n ms',
      'read users:{id}: miss, n ms',
      'read users:{id}: hit, l1, n ms',
      'invalidate unnamed: recorded, n ms',
    ]);
    expect(lines.join()).not.toMatch(/4711|SECRET/);
  });

  it('is silent at other levels, and follows a change of the level', async () => {
    const cache = await start('log');
    await read(cache);
    await cache.settled();
    expect(lines).toEqual([]);
    await cache.configure({ values: { logLevel: 'debug' } });
    await read(cache);
    expect(lines).toHaveLength(1);
    await cache.configure({ values: { logLevel: 'log' } });
    await read(cache);
    expect(lines).toHaveLength(1);
  });
});
