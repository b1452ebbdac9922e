import {
  Controller,
  Get,
  Header,
  Inject,
  Injectable,
  Post,
  Query,
  Res,
  StreamableFile,
  UseInterceptors,
  type DynamicModule,
  type ExecutionContext,
} from '@nestjs/common';
import * as theirs from '@nestjs/cache-manager';
import {
  generateKeyring,
  HealthcareCacheService,
  healthcarePlugin,
  Keyring,
  MemoryKeyStore,
} from '@vitalcache/healthcare-phi';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { SWRCacheStrategy } from '@vitalcache/swr';
import { FakeClock } from '@vitalcache/testing';

import { CacheService } from '../src/index.js';
import * as ours from '../src/migration/cache-manager.js';
import { closeAll, PLATFORMS, startHttp, startModule, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

afterEach(closeAll);

/** What of a package an application uses. */
type Package = Pick<
  typeof ours,
  'CACHE_MANAGER' | 'CacheInterceptor' | 'CacheKey' | 'CacheTTL' | 'Cache'
>;
const PACKAGES: readonly [string, Package, () => DynamicModule][] = [
  [
    '@nestjs/cache-manager',
    theirs as unknown as Package,
    () => theirs.CacheModule.register({ ttl: 60_000, isGlobal: true }),
  ],
  [
    '@vitalcache/nest-integration/cache-manager',
    ours,
    () => ours.CacheModule.register({ ...testOptions(), ttl: 60_000, isGlobal: true }),
  ],
];

describe.each(PACKAGES)('an application on %s', (_name, cacheManager, cacheModule) => {
  async function start(): Promise<ours.Cache> {
    @Injectable()
    class Holder {
      constructor(@Inject(cacheManager.CACHE_MANAGER) readonly cache: ours.Cache) {}
    }
    const module = await startModule({ imports: [cacheModule()], providers: [Holder] });
    const { cache } = module.get(Holder);
    expect(module.get(cacheManager.Cache as never)).toBe(cache);
    return cache;
  }

  it('gets what was set, and undefined for what was not, or was deleted', async () => {
    const cache = await start();
    const value = { name: 'ada', at: [1, 2] };
    expect(await cache.get('user')).toBeUndefined();
    expect(await cache.set('user', value, 10_000)).toBe(value);
    expect(await cache.get('user')).toEqual(value);
    expect(await cache.del('user')).toBe(true);
    expect(await cache.get('user')).toBeUndefined();
    expect(await cache.del('user')).toBe(true);
  });

  it('takes times in milliseconds, the default and 0 for no end', async () => {
    const cache = await start();
    await cache.set('short', 1, 30);
    await cache.set('default', 2);
    await cache.set('endless', 3, 0);
    const at = (await cache.ttl('default')) ?? 0;
    expect(at - Date.now()).toBeGreaterThan(50_000);
    expect(at - Date.now()).toBeLessThanOrEqual(60_000);
    const endless = await cache.ttl('endless');
    expect(endless === undefined || endless - Date.now() > 86_400_000).toBe(true);
    expect(await cache.ttl('nowhere')).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await cache.mget(['short', 'default', 'endless'])).toEqual([undefined, 2, 3]);
  });

  it('does many at once', async () => {
    const cache = await start();
    const list = [
      { key: 'a', value: 1 },
      { key: 'b', value: 2, ttl: 10_000 },
    ];
    expect(await cache.mset(list)).toMatchObject(list);
    expect(await cache.mget(['b', 'c', 'a'])).toEqual([2, undefined, 1]);
    expect(await cache.mdel(['a', 'c'])).toBe(true);
    expect(await cache.mget(['a', 'b'])).toEqual([undefined, 2]);
    expect(await cache.clear()).toBe(true);
    expect(await cache.get('b')).toBeUndefined();
  });

  it('wraps a load, once for all who ask at the same time', async () => {
    const cache = await start();
    let calls = 0;
    const load = async () => ++calls;
    const [one, two] = await Promise.all([cache.wrap('k', load, 5_000), cache.wrap('k', load)]);
    expect([one, two, await cache.wrap('k', load)]).toEqual([1, 1, 1]);
    expect(await cache.wrap('fn', load, (value) => value * 5_000)).toBe(2);
    expect(((await cache.ttl('fn')) ?? 0) - Date.now()).toBeGreaterThan(8_000);
    const raw = await cache.wrap('raw', load, { ttl: 5_000, raw: true });
    expect(raw).toEqual({ value: 3, expires: expect.any(Number) });
    const failing = cache.wrap('bad', () => Promise.reject(new TypeError('no')));
    await expect(failing).rejects.toThrow(TypeError);
  });

  describe.each(PLATFORMS)('with CacheInterceptor on %s', (platform) => {
    async function startWeb() {
      let calls = 0;
      @Controller('cats')
      @UseInterceptors(cacheManager.CacheInterceptor as never)
      class Cats {
        @Get()
        list(@Query('color') color?: string) {
          return { color, call: ++calls };
        }

        @Get('named')
        @cacheManager.CacheKey('named-cats')
        @cacheManager.CacheTTL(700)
        named() {
          return { call: ++calls };
        }

        @Post()
        add() {
          return { call: ++calls };
        }
      }
      const { app, url } = await startHttp(platform, {
        imports: [cacheModule()],
        controllers: [Cats],
      });
      const cache = app.get<ours.Cache>(cacheManager.CACHE_MANAGER);
      const ask = async (path: string, init?: RequestInit) => {
        const answer = await fetch(`${url}/cats${path}`, init);
        const { call } = (await answer.json()) as { call: number };
        await new Promise((resolve) => setTimeout(resolve, 5)); // theirs stores behind the answer
        return [call, answer.headers.get('x-cache')];
      };
      return { ask, cache };
    }

    it('answers by URL, and says so', async () => {
      const { ask } = await startWeb();
      expect(await ask('?color=red')).toEqual([1, 'MISS']);
      expect(await ask('?color=red')).toEqual([1, 'HIT']);
      expect(await ask('?color=blue')).toEqual([2, 'MISS']);
    });

    it('takes a key and a time of its own, by which it can be deleted', async () => {
      const { ask, cache } = await startWeb();
      expect([await ask('/named'), await ask('/named')]).toEqual([
        [1, 'MISS'],
        [1, 'HIT'],
      ]);
      expect(await cache.get('named-cats')).toEqual({ call: 1 });
      await cache.del('named-cats');
      expect(await ask('/named')).toEqual([2, 'MISS']);
      await new Promise((resolve) => setTimeout(resolve, 750));
      expect((await ask('/named'))[0]).toBe(3);
    });

    it('leaves what changes something alone', async () => {
      const { ask } = await startWeb();
      const post = { method: 'POST' };
      expect([(await ask('', post))[0], (await ask('', post))[0]]).toEqual([1, 2]);
    });
  });
});

describe('the facade', () => {
  it('gives everybody a value that may be changed', async () => {
    const module = await startModule({ imports: [ours.CacheModule.register(testOptions())] });
    const cache = module.get(ours.Cache);
    await cache.set('user', { name: 'ada' });
    const mine = await cache.get<{ name: string }>('user');
    if (mine) mine.name = 'mine';
    expect(await cache.get('user')).toEqual({ name: 'ada' });
    expect(await cache.set('user', undefined)).toBeUndefined();
    expect(await cache.get('user')).toBeUndefined();
  });

  it('refreshes behind the reader what is near its end, with a strategy', async () => {
    const clock = new FakeClock();
    const provider = new MemoryCacheProvider({ now: clock.now });
    const strategies = [new SWRCacheStrategy()];
    const module = await startModule({
      imports: [ours.CacheModule.register(testOptions({ clock, provider, strategies }))],
    });
    const cache = module.get(ours.Cache);
    let calls = 0;
    const ask = async () => {
      const value = await cache.wrap('k', () => ++calls, 60_000, 20_000);
      await module.get(CacheService).settled();
      return value;
    };
    expect([await ask(), await ask()]).toEqual([1, 1]);
    clock.advance(45_000);
    expect(await ask()).toBe(1);
    while (calls < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(await ask()).toBe(2);
  });

  it('names the strategy that a refreshThreshold needs, and the ttl', async () => {
    const module = await startModule({ imports: [ours.CacheModule.register(testOptions())] });
    const cache = module.get(ours.Cache);
    await expect(cache.wrap('k', () => 1, 60_000, 20_000)).rejects.toMatchObject({
      code: 'FEATURE_MISSING',
    });
    await expect(cache.wrap('k', () => 1, undefined, 20_000)).rejects.toThrow(/needs a ttl/);
  });

  it.each([
    ['stores', { stores: [] }, /no option stores: the store is what CACHE_PROVIDER names/],
    ['nonBlocking', { nonBlocking: true }, /nonBlocking: reads wait/],
    ['a ttl of 0', { ttl: 0 }, /The default ttl is 0; accepted: milliseconds above 0/],
  ])('refuses %s, which would be ignored', (_what, options, message) => {
    expect(() => ours.CacheModule.register(options as never)).toThrow(message);
  });

  it.each<[string, ours.CacheModuleAsyncOptions]>([
    ['useFactory', { useFactory: async () => ({ ...testOptions(), ttl: 5_000 }) }],
    [
      'useClass',
      {
        useClass: class {
          createCacheOptions = () => ({ ...testOptions(), ttl: 5_000 });
        },
      },
    ],
  ])('takes options with %s', async (_how, options) => {
    const module = await startModule({ imports: [ours.CacheModule.registerAsync(options)] });
    const cache = module.get(ours.Cache);
    await cache.set('k', 1);
    expect(((await cache.ttl('k')) ?? 0) - Date.now()).toBeLessThanOrEqual(5_000);
  });
});

describe.each(PLATFORMS)('CacheInterceptor on %s', (platform) => {
  async function start() {
    let calls = 0;
    const lines = new LogLines();
    @Injectable()
    class ByLanguage extends ours.CacheInterceptor {
      protected override trackBy(context: ExecutionContext) {
        const { headers } = context
          .switchToHttp()
          .getRequest<{ headers: Record<string, string> }>();
        return `tracked:${headers['accept-language']}`;
      }
    }
    @Controller()
    @UseInterceptors(ours.CacheInterceptor)
    class Things {
      @Get('mine')
      mine() {
        return { call: ++calls };
      }

      @Get('public')
      @ours.CacheSharing({ public: true })
      all() {
        return { call: ++calls };
      }

      @Get('varied')
      @ours.CacheSharing({ varyBy: ['authorization'] })
      varied() {
        return { call: ++calls };
      }

      @Get('file')
      @Header('content-type', 'application/json')
      file() {
        return new StreamableFile(Buffer.from(JSON.stringify({ call: ++calls })));
      }

      @Get('sent')
      sent(@Res() response: { send(body: object): void }) {
        response.send({ call: ++calls });
      }
    }
    @Controller('tracked')
    @UseInterceptors(ByLanguage)
    class Tracked {
      @Get()
      get() {
        return { call: ++calls };
      }
    }
    const { url } = await startHttp(platform, {
      imports: [ours.CacheModule.register(testOptions({}, lines))],
      controllers: [Things, Tracked],
    });
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${url}/${path}`, { headers });
      return ((await answer.json()) as { call: number }).call;
    };
    return { ask, lines };
  }

  const ada = { authorization: 'Bearer ada' };
  const bo = { authorization: 'Bearer bo' };

  it('gives nobody the answer of somebody else', async () => {
    const { ask, lines } = await start();
    expect([await ask('mine', ada), await ask('mine', bo), await ask('mine')]).toEqual([1, 2, 3]);
    expect([await ask('mine', ada), await ask('mine')]).toEqual([4, 3]);
    expect(lines.warnings).toEqual([expect.stringMatching(/Things\.mine.*@CacheSharing\(\)/)]);
  });

  it('shares as CacheSharing says', async () => {
    const { ask } = await start();
    expect([await ask('public', ada), await ask('public', bo)]).toEqual([1, 1]);
    expect([await ask('varied', ada), await ask('varied', bo), await ask('varied', ada)]).toEqual([
      2, 3, 2,
    ]);
  });

  it('runs a handler once for all who ask at the same time', async () => {
    const { ask } = await start();
    expect(await Promise.all([ask('mine'), ask('mine'), ask('mine')])).toEqual([1, 1, 1]);
  });

  it('passes on files, and answers that are sent by hand, to each who asks', async () => {
    const { ask, lines } = await start();
    const files = await Promise.all([ask('file'), ask('file')]);
    expect(new Set(files).size).toBe(2);
    const sent = await Promise.all([ask('sent'), ask('sent')]);
    expect(new Set(sent).size).toBe(2);
    expect(lines.warnings).toEqual([expect.stringMatching(/Things\.sent is not cached: it sends/)]);
  });

  it('can be told what to go by, and leaves what fits in no key alone', async () => {
    const { ask } = await start();
    const [german, french] = [{ 'accept-language': 'de' }, { 'accept-language': 'fr' }];
    expect([
      await ask('tracked', german),
      await ask('tracked', french),
      await ask('tracked', german),
    ]).toEqual([1, 2, 1]);
    const long = `mine?by=${'x'.repeat(1_100)}`;
    expect([await ask(long), await ask(long)]).toEqual([3, 4]);
  });

  it('keeps no answer with protected data', async () => {
    const plugin = healthcarePlugin({
      keyring: Keyring.parse(generateKeyring()),
      keyStore: new MemoryKeyStore(),
      audit: { record: async () => undefined },
      resolveAccess: () => ({ tenant: 'default', actor: 'ada', roles: [], purpose: 'TREAT' }),
      logger: new LogLines(),
    });
    @Controller('records')
    @UseInterceptors(ours.CacheInterceptor)
    class Records {
      constructor(private readonly cache: HealthcareCacheService) {}

      @Get()
      get() {
        return this.cache.cachePatientRecords('7', 'c', () => ({ of: 'patient 7' }));
      }
    }
    const { app, url } = await startHttp(platform, {
      imports: [ours.CacheModule.register(testOptions({ plugins: [plugin] }))],
      controllers: [Records],
    });
    const ask = async () => {
      const answer = await fetch(`${url}/records`);
      const status = answer.headers.get('x-cache');
      return [await answer.json(), status, answer.headers.get('cache-control')];
    };
    const expected = [{ of: 'patient 7' }, 'MISS', 'no-store'];
    expect(await Promise.all([ask(), ask()])).toEqual([expected, expected]);
    expect(await ask()).toEqual(expected);
    expect(await app.get(CacheService).get('/records')).toBeNull();
  });
});
