import { Injectable } from '@nestjs/common';
import { MemoryCacheProvider, providerPackage as memory } from '@vitalcache/provider-memory';
import { DragonflyService, providerPackage as dragonfly } from '@vitalcache/provider-dragonfly';
import { providerPackage as redis, RedisService } from '@vitalcache/provider-redis';

import { CacheModule, DragonflyModule, RedisModule } from '../src/index.js';
import { closeAll, startModule } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

afterEach(closeAll);

@Injectable()
class Commands {
  constructor(
    readonly service: RedisService,
    readonly again: RedisService,
  ) {}
}

@Injectable()
class Others {
  constructor(readonly service: DragonflyService) {}
}

/** Nothing listens there: a module must not need its store to be there. */
const nowhere = {
  REDIS_URL: 'redis://127.0.0.1:1',
  DRAGONFLY_URL: 'redis://127.0.0.1:1',
  CACHE_CONNECTION_TIMEOUT: '200',
  CACHE_COMMAND_TIMEOUT: '200',
};
const options = () => ({ env: nowhere, namespace: 'test', logger: new LogLines() });

describe('RedisModule and DragonflyModule', () => {
  it('are imported by CacheModule for the package that it is given', async () => {
    const withRedis = await startModule({
      imports: [CacheModule.forRoot({ ...options(), provider: redis })],
      providers: [Commands],
    });
    const { service, again } = withRedis.get(Commands);
    expect(service).toBeInstanceOf(RedisService);
    expect(again === service).toBe(true);
    const withDragonfly = await startModule({
      imports: [CacheModule.forRoot({ ...options(), provider: dragonfly })],
      providers: [Others],
    });
    expect(withDragonfly.get(Others).service).toBeInstanceOf(DragonflyService);
  });

  it('give the connections of the provider that a variable selects', async () => {
    const module = await startModule({
      imports: [
        CacheModule.forRoot({ ...options(), env: { ...nowhere, CACHE_PROVIDER: 'redis' } }),
        RedisModule.forRoot(redis),
      ],
      providers: [Commands],
    });
    expect(module.get(Commands).service).toBeInstanceOf(RedisService);
  });

  it('say where the cache is, if that is elsewhere, but only to who asks', async () => {
    const imports = [
      CacheModule.forRoot({ ...options(), provider: new MemoryCacheProvider() }),
      RedisModule.forRoot(redis),
    ];
    await expect(startModule({ imports, providers: [Commands] })).rejects.toThrow(
      /connections to redis are asked for, but the cache is on memory; accepted: CACHE_PROVIDER=redis/,
    );
    await expect(startModule({ imports })).resolves.toBeDefined();
  });

  it('take their own package only', () => {
    expect(() => RedisModule.forRoot(dragonfly)).toThrow(
      /RedisModule is for the providerPackage of/,
    );
    expect(() => DragonflyModule.forRoot(memory)).toThrow(/got that of memory/);
  });
});
