import { AsyncLocalStorage } from 'node:async_hooks';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  NotFoundException,
  Param,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import {
  isProtected,
  type CacheClass,
  type CachePlugin,
  type EnvironmentReader,
  type ICacheStrategy,
  type PluginRequest,
  type ReadRequest,
  type ReadResult,
  type ResolvedCacheOptions,
  type StrategyEngine,
} from '@vitalcache/core';
import { SWRCacheStrategy } from '@vitalcache/swr';

import {
  Cache,
  CacheError,
  CacheModule,
  CacheService,
  explainStartupError,
  type CacheModuleOptions,
  type ICacheProvider,
} from '../src/index.js';
import { closeAll, PLATFORMS, startHttp, startModule, testOptions } from './support/apps.js';
import { fakeProvider } from './support/fake-provider.js';
import { LogLines } from './support/log-lines.js';

afterEach(closeAll);

/** Cache class, service, variable, strategy and request hook, as a plugin for protected data brings them. */
class WardCacheService extends CacheService {
  readonly ward = 'north';
}

class Rounds {
  constructor(readonly cache: object) {}
}

const BOARD = Symbol('board');

/** Who is asking. */
const asking = new AsyncLocalStorage<string>();

/** Reads protected data from its source, for somebody who asks. */
class WardStrategy implements ICacheStrategy {
  readonly name = 'ward';
  readonly precedence = 100;

  when(options: ResolvedCacheOptions): boolean {
    return isProtected(options);
  }

  async read<T>(request: ReadRequest<T>, engine: StrategyEngine): Promise<ReadResult<T>> {
    if (asking.getStore() === undefined) throw new CacheError('ACCESS_MISSING', 'nobody asks');
    return engine.load(request, null);
  }
}

class WardPlugin implements CachePlugin {
  readonly name = 'ward';
  readonly cacheClass = WardCacheService as CacheClass;
  readonly strategies = [new WardStrategy()];
  readonly services = [
    { token: Rounds, create: (cache: object) => new Rounds(cache) },
    { token: BOARD, create: () => ({ name: 'board' }) },
  ];
  readonly requests: PluginRequest[] = [];
  beds: number | undefined;

  readEnvironment(reader: EnvironmentReader): void {
    this.beds = reader.integer('WARD_BEDS', 1, 100);
  }

  aroundRequest<T>(request: PluginRequest, next: () => T): T {
    this.requests.push(request);
    const { user, headers } = request.raw as { user?: string; headers?: Record<string, string> };
    if (headers?.['x-banned'] !== undefined) throw new NotFoundException('nothing here');
    return user === undefined ? next() : asking.run(user, next);
  }
}

const withWard = (more: CacheModuleOptions = {}, ward = new WardPlugin()) =>
  testOptions({ plugins: [ward], ...more });

async function problemOf(options: CacheModuleOptions): Promise<string | null> {
  try {
    await startModule({ imports: [CacheModule.forRoot(options)] });
    return null;
  } catch (error) {
    return explainStartupError(error) ?? `unexplained: ${String(error)}`;
  }
}

describe('plugins in Nest', () => {
  @Injectable()
  class Nurse {
    constructor(
      readonly cache: CacheService,
      readonly ward: WardCacheService,
      readonly rounds: Rounds,
      @Inject(BOARD) readonly board: object,
    ) {}
  }

  it.each([
    ['forRoot', () => CacheModule.forRoot(withWard())],
    [
      'forRootAsync',
      () =>
        CacheModule.forRootAsync({
          provides: [WardCacheService, Rounds, BOARD],
          useFactory: () => withWard(),
        }),
    ],
  ])(
    'have one cache of their class, and their services, injected with %s',
    async (_how, cacheModule) => {
      const module = await startModule({ imports: [cacheModule()], providers: [Nurse] });
      const nurse = module.get(Nurse);
      expect(nurse.ward).toBeInstanceOf(WardCacheService);
      expect(nurse.cache).toBe(nurse.ward);
      expect(nurse.rounds.cache).toBe(nurse.cache);
      expect(nurse.board).toEqual({ name: 'board' });
      expect(await nurse.cache.cache('k', () => 1)).toBe(1);
    },
  );

  it('are CacheService itself where none brings a class', async () => {
    const module = await startModule({ imports: [CacheModule.forRoot(testOptions())] });
    expect(module.get(CacheService).constructor).toBe(CacheService);
  });

  it('bring what provides names, or the start names it', async () => {
    const cacheModule = CacheModule.forRootAsync({
      provides: [Rounds],
      useFactory: () => testOptions(),
    });
    await expect(startModule({ imports: [cacheModule] })).rejects.toThrow(
      'CacheModule.forRootAsync provides Rounds, which none of the plugins brings',
    );
  });

  describe('and variables', () => {
    it('read their own before anything else, and are known then', async () => {
      const lines = new LogLines();
      const ward = new WardPlugin();
      const env = { WARD_BEDS: '12', CACHE_BEDS: '1' };
      jest.spyOn(ward, 'readEnvironment').mockImplementation((reader) => {
        ward.beds = reader.integer('WARD_BEDS', 1, 100);
        reader.integer('CACHE_BEDS', 1, 100);
      });
      await startModule({
        imports: [CacheModule.forRoot({ ...withWard({ env }, ward), logger: lines })],
      });
      expect(ward.beds).toBe(12);
      expect(lines.warnings).toEqual([]);
    });

    it('stand in one line with all others that are wrong', async () => {
      const env = { WARD_BEDS: 'many', CACHE_DEFAULT_TTL: 'soon' };
      expect(await problemOf(withWard({ env }))).toMatch(
        /CACHE_DEFAULT_TTL.* · WARD_BEDS is "many"/,
      );
    });
  });

  describe('at the start', () => {
    it('are in the line about it', async () => {
      const lines = new LogLines();
      await startModule({ imports: [CacheModule.forRoot({ ...withWard(), logger: lines })] });
      expect(lines.logs).toEqual([
        expect.stringMatching(/strategies ward, standard; middleware none; plugins ward;/),
      ]);
    });

    it('keep the application down with one line, and the store is closed again', async () => {
      const close = jest.fn(async () => undefined);
      const provider = fakeProvider({ connect: async () => undefined, close });
      const refusing: CachePlugin = {
        name: 'refusing',
        start: () => Promise.reject(new CacheError('CONFIG_INVALID', 'No key:\n  make one.')),
      };
      expect(await problemOf(testOptions({ provider, plugins: [refusing] }))).toBe(
        'No key: make one.',
      );
      expect(close).toHaveBeenCalledTimes(1);
    });

    it('are heard also when the store takes its time', async () => {
      const env = { CACHE_CONNECTION_TIMEOUT: '1', CACHE_COMMAND_TIMEOUT: '1' };
      const provider: ICacheProvider = fakeProvider({
        connect: () => new Promise((resolve) => setTimeout(resolve, 100)),
        close: async () => undefined,
      });
      const refusing: CachePlugin = {
        name: 'refusing',
        start: () => Promise.reject(new CacheError('CONFIG_INVALID', 'No sink.')),
      };
      expect(
        await problemOf(
          testOptions({
            env,
            provider: { name: 'slow', fromEnvironment: () => provider },
            plugins: [refusing],
          }),
        ),
      ).toBe('No sink.');
    });

    it('make sense of options of @Cache() that mean nothing without them', async () => {
      @Injectable()
      class Charts {
        @Cache({ keyTemplate: 'chart:{patientId}', containsPHI: true })
        async chart(patientId: string) {
          return patientId;
        }
      }
      const start = (options: CacheModuleOptions) =>
        startModule({ imports: [CacheModule.forRoot(options)], providers: [Charts] });
      await expect(start(testOptions())).rejects.toMatchObject({
        code: 'FEATURE_MISSING',
        message: expect.stringMatching(/Charts\.chart: .*@vitalcache\/healthcare-phi/),
      });
      await expect(start(withWard())).resolves.toBeDefined();
    });

    it('refuse options by their rule, naming the method', async () => {
      @Injectable()
      class Charts {
        @Cache({ keyTemplate: 'chart:{patientId}', containsPHI: true, ttl: 99 })
        async chart(patientId: string) {
          return patientId;
        }
      }
      const strict: CachePlugin = {
        name: 'strict',
        optionRule: (written) => {
          throw new CacheError('OPTION_INVALID', `ttl ${written.ttl} is too long.`);
        },
      };
      const plugins = [strict, new WardPlugin()];
      await expect(
        startModule({
          imports: [CacheModule.forRoot(testOptions({ plugins }))],
          providers: [Charts],
        }),
      ).rejects.toThrow('@Cache() on Charts.chart: ttl 99 is too long.');
    });
  });

  it('see messages and GraphQL operations as what they are', async () => {
    const ward = new WardPlugin();
    class Handler {
      who() {
        return asking.getStore();
      }
    }
    const module = await startModule({
      imports: [CacheModule.forRoot(withWard({}, ward))],
      providers: [Handler],
    });
    const handler = module.get(Handler);
    const creator = module.get(ExternalContextCreator, { strict: false });
    const call = (type: string, ...args: unknown[]): Promise<unknown> => {
      const run = creator.create(
        handler,
        handler.who.bind(handler),
        'who',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        type,
      );
      return run(...args) as Promise<unknown>;
    };
    expect(await call('graphql', {}, {}, { req: { user: 'ada' } }, {})).toBe('ada');
    expect(await call('graphql', {}, {}, { reply: { request: { user: 'bo' } } }, {})).toBe('bo');
    expect(await call('graphql', {}, {}, { user: 'cy' }, {})).toBe('cy');
    expect(await call('rpc', { id: 1 }, { user: 'channel' })).toBeUndefined();
    expect(await call('ws', 'socket', 'payload')).toBeUndefined();
    expect(ward.requests.map(({ kind }) => kind)).toEqual([
      'graphql',
      'graphql',
      'graphql',
      'rpc',
      'other',
    ]);
    expect(ward.requests[3]?.raw).toEqual({ data: { id: 1 }, context: { user: 'channel' } });
  });
});

describe.each(PLATFORMS)('requests on %s', (platform) => {
  const seen: string[] = [];
  const note = (where: string): void => void seen.push(`${where}:${asking.getStore() ?? 'nobody'}`);

  @Injectable()
  class Login implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const request = context
        .switchToHttp()
        .getRequest<{ user?: unknown; headers: Record<string, unknown> }>();
      request.user = request.headers['x-user'];
      note('guard');
      return true;
    }
  }

  @Injectable()
  class Around implements NestInterceptor {
    intercept(_context: ExecutionContext, next: CallHandler) {
      note('interceptor');
      return next.handle();
    }
  }

  @Injectable()
  class Pipe implements PipeTransform {
    transform(value: unknown): unknown {
      note('pipe');
      return value;
    }
  }

  @Injectable()
  class Charts {
    loads = 0;

    @Cache({ keyTemplate: 'chart:{patientId}', containsPHI: true })
    async chart(patientId: string) {
      await Promise.resolve();
      note('method');
      return { patientId, load: ++this.loads };
    }

    @Cache({ keyTemplate: 'hours' })
    async hours() {
      return 'nine to five';
    }
  }

  @Controller()
  @UseGuards(Login)
  class Ward {
    constructor(private readonly charts: Charts) {}

    @Get('charts/:id')
    @UseInterceptors(Around)
    @UsePipes(Pipe)
    chart(@Param('id') id: string) {
      note('handler');
      return this.charts.chart(id);
    }

    @Get('lost/:id')
    async lost(@Param('id') id: string) {
      await this.charts.chart(id);
      throw new NotFoundException();
    }

    @Get('hours')
    hours() {
      return this.charts.hours();
    }
  }

  async function start(more: CacheModuleOptions = {}) {
    seen.length = 0;
    const { url } = await startHttp(platform, {
      imports: [CacheModule.forRoot(withWard({ strategies: [new SWRCacheStrategy()], ...more }))],
      controllers: [Ward],
      providers: [Charts],
    });
    return (path: string, headers: Record<string, string> = {}) =>
      fetch(`${url}/${path}`, { headers });
  }

  it('are handled in the context of the hook from the interceptors on: guards come before it', async () => {
    const ask = await start();
    const answer = await ask('charts/7', { 'x-user': 'ada' });
    expect([answer.status, await answer.json()]).toEqual([200, { patientId: '7', load: 1 }]);
    expect(seen).toEqual([
      'guard:nobody',
      'interceptor:ada',
      'pipe:ada',
      'handler:ada',
      'method:ada',
    ]);
  });

  it('never see the context of each other', async () => {
    const ask = await start();
    await Promise.all(
      ['ada', 'bo', 'cy', 'di'].map((user) => ask(`charts/${user}`, { 'x-user': user })),
    );
    for (const user of ['ada', 'bo', 'cy', 'di']) {
      expect(seen.filter((line) => line.endsWith(`:${user}`))).toHaveLength(4);
    }
    expect(seen.filter((line) => line.endsWith(':nobody'))).toHaveLength(4);
  });

  it('are refused by what the hook throws, before the handler', async () => {
    const ask = await start();
    expect((await ask('charts/7', { 'x-user': 'ada', 'x-banned': '1' })).status).toBe(404);
    expect(seen).toEqual(['guard:nobody']);
  });

  it('say no-store where protected data was touched, also in what fails, and nothing elsewhere', async () => {
    const ask = await start();
    const controlOf = async (path: string) =>
      (await ask(path, { 'x-user': 'ada' })).headers.get('cache-control');
    expect(await controlOf('charts/7')).toBe('no-store');
    expect(await controlOf('charts/7')).toBe('no-store');
    expect(await controlOf('lost/7')).toBe('no-store');
    expect(await controlOf('hours')).toBeNull();
  });
});
