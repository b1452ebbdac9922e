import { Controller, Get, Injectable, type ModuleMetadata } from '@nestjs/common';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';

import { Cache, CacheInvalidate, CacheModule, CacheService, InjectCache } from '../src/index.js';
import { closeAll, PLATFORMS, startHttp, startModule, testOptions } from './support/apps.js';

afterEach(closeAll);

@Injectable()
class Both {
  calls = 0;

  constructor(
    @InjectCache() readonly main: CacheService,
    @InjectCache('sessions') readonly sessions: CacheService,
    readonly plain: CacheService,
  ) {}

  @Cache({ keyTemplate: 'k:{id}' })
  async inMain(id: string) {
    return `${id} ${++this.calls}`;
  }

  @Cache({ keyTemplate: 'k:{id}', cache: 'sessions' })
  async inSessions(id: string) {
    return `${id} ${++this.calls}`;
  }

  @CacheInvalidate({ keys: ['k:{id}'], cache: 'sessions' })
  async end(id: string) {
    return id;
  }
}

function twoCaches(more: ModuleMetadata = {}): ModuleMetadata {
  const sessions = { name: 'sessions', provider: new MemoryCacheProvider() };
  return {
    ...more,
    imports: [
      CacheModule.forRoot(testOptions()),
      CacheModule.forRoot({ ...testOptions(), namespace: 'other', ...sessions }),
    ],
  };
}

describe('CacheModule with a name', () => {
  it('gives a second cache, of its own namespace, store and decorators', async () => {
    const module = await startModule(twoCaches({ providers: [Both] }));
    const both = module.get(Both);
    expect(both.plain).toBe(both.main);
    expect(module.get(CacheService) === both.main).toBe(true);
    expect(both.sessions).not.toBe(both.main);
    expect([both.main.namespace, both.sessions.namespace]).toEqual(['test', 'other']);
    expect([await both.inMain('1'), await both.inSessions('1')]).toEqual(['1 1', '1 2']);
    expect([await both.inMain('1'), await both.inSessions('1')]).toEqual(['1 1', '1 2']);
    await both.end('1');
    expect([await both.inMain('1'), await both.inSessions('1')]).toEqual(['1 1', '1 3']);
  });

  it('takes the name into the namespace, from the application or the variable', async () => {
    const start = async (env: Record<string, string>) => {
      const { namespace: _, ...options } = testOptions();
      const module = await startModule({
        imports: [
          CacheModule.forRoot({ ...options, env }),
          CacheModule.forRoot({
            ...options,
            env,
            name: 'sessions',
            provider: new MemoryCacheProvider(),
          }),
        ],
        providers: [Both],
      });
      const { main, sessions } = module.get(Both);
      return [main.namespace, sessions.namespace];
    };
    const [own, named] = await start({});
    expect(named).toBe(`${own}/sessions`);
    expect(await start({ CACHE_NAMESPACE: 'clinic' })).toEqual(['clinic', 'clinic/sessions']);
  });

  it('can be alone, and made by a factory', async () => {
    @Injectable()
    class Only {
      constructor(@InjectCache('only') readonly cache: CacheService) {}
    }
    const module = await startModule({
      imports: [CacheModule.forRootAsync({ name: 'only', useFactory: async () => testOptions() })],
      providers: [Only],
    });
    const { cache } = module.get(Only);
    expect(await cache.cache('k', async () => 1)).toBe(1);
    expect(() => module.get(CacheService)).toThrow(/CacheService/);
  });

  it('refuses a name that comes too late, a bad one, and one namespace for two', async () => {
    const late = CacheModule.forRootAsync({ useFactory: () => testOptions({ name: 'late' }) });
    await expect(startModule({ imports: [late] })).rejects.toThrow(
      /name must be known before the options are made/,
    );
    expect(() => CacheModule.forRoot({ name: 'a b' })).toThrow(/The name of a cache must be/);
    expect(() => CacheModule.forRoot({ name: 'b', admin: { path: 'b' } })).toThrow(
      /The cache b has no endpoints for operators/,
    );
    expect(() => InjectCache('')).toThrow(/The name of a cache must be/);
    const same = [testOptions(), { ...testOptions(), name: 'b' }];
    await expect(
      startModule({ imports: same.map((options) => CacheModule.forRoot(options)) }),
    ).rejects.toThrow(/imported twice for the namespace test/);
  });

  it('is named by Nest where it is missing', async () => {
    await expect(
      startModule({ imports: [CacheModule.forRoot(testOptions())], providers: [Both] }),
    ).rejects.toThrow(/CacheModule\.forRoot\(\{ name: 'sessions' \}\)/);
  });

  describe.each(PLATFORMS)('over HTTP on %s', (platform) => {
    it('is as safe, and says so in one header for both', async () => {
      let calls = 0;
      @Controller()
      class Mixed {
        constructor(private readonly both: Both) {}

        @Get('mine')
        @Cache({ cache: 'sessions' })
        mine() {
          return `${++calls}`;
        }

        @Get('mixed')
        async mixed() {
          return [await this.both.inMain('1'), await this.both.inSessions('1')];
        }
      }
      const { url } = await startHttp(
        platform,
        twoCaches({ controllers: [Mixed], providers: [Both] }),
      );
      const mine = async (authorization?: string) => {
        const answer = await fetch(
          `${url}/mine`,
          authorization ? { headers: { authorization } } : {},
        );
        return [await answer.text(), answer.headers.get('cache-status')];
      };
      expect(await mine('ada')).toEqual(['1', 'Vitalcache; fwd=bypass; detail=credentials']);
      expect(await mine('bo')).toEqual(['2', 'Vitalcache; fwd=bypass; detail=credentials']);
      expect((await mine())[0]).toBe('3');
      expect((await mine())[0]).toBe('3');
      const answer = await fetch(`${url}/mixed`);
      const members = answer.headers.get('cache-status')?.split(', ');
      expect(members).toHaveLength(2);
      expect(members?.every((member) => /^Vitalcache; fwd=miss; stored/.test(member))).toBe(true);
    });
  });
});
