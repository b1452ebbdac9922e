import { Injectable, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createServer, type AddressInfo, type Server } from 'node:net';
import {
  BaseCacheMiddleware,
  CacheKeyFactory,
  type CacheOperation,
  type Environment,
  type ProviderPackage,
} from '@vitalcache/core';
import { metricsPlugin } from '@vitalcache/metrics';
import { MemoryCacheProvider, providerPackage } from '@vitalcache/provider-memory';
import { providerPackage as redisPackage } from '@vitalcache/provider-redis';

import {
  CacheError,
  CacheModule,
  CacheProviderFactory,
  CacheService,
  explainStartupError,
  type CacheModuleOptions,
  type ICacheProvider,
} from '../src/index.js';
import { closeAll, startHttp, startModule, testOptions } from './support/apps.js';
import { fakeProvider, storeStatus } from './support/fake-provider.js';
import { LogLines } from './support/log-lines.js';

afterEach(closeAll);

const SECRET = 'hunter2-secret';

async function startWith(options: CacheModuleOptions) {
  const module = await startModule({ imports: [CacheModule.forRoot(options)] });
  return module.get(CacheService);
}

/** Starts from variables only. */
async function startFrom(env: Environment, lines = new LogLines()) {
  await startWith({ env, logger: lines });
  return lines;
}

async function problemOf(env: Environment): Promise<string> {
  try {
    await startFrom(env);
    return '';
  } catch (error) {
    return explainStartupError(error) ?? '';
  }
}

class SeenOperations extends BaseCacheMiddleware {
  readonly name = 'seen';
  readonly seen: string[] = [];

  protected override before({ kind }: CacheOperation): void {
    this.seen.push(kind);
  }
}

describe('CacheModule', () => {
  describe('configuration', () => {
    it('configures itself from the environment when it is imported as it is', async () => {
      const before = { ...process.env };
      process.env['CACHE_PROVIDER'] = 'memory';
      process.env['CACHE_NAMESPACE'] = 'from-env';
      process.env['CACHE_LOG_LEVEL'] = 'silent';
      try {
        const module = await startModule({ imports: [CacheModule] });
        expect(await module.get(CacheService).status()).toMatchObject({
          provider: 'memory',
          namespace: 'from-env',
        });
        expect(module.get<ICacheProvider>('ICacheProvider')).toBeInstanceOf(MemoryCacheProvider);
      } finally {
        process.env = before;
      }
    });

    it('is global', async () => {
      @Injectable()
      class Deep {
        constructor(readonly cache: CacheService) {}
      }
      @Module({ providers: [Deep] })
      class Feature {}
      const module = await startModule({ imports: [CacheModule.forRoot(testOptions()), Feature] });
      expect(module.get(Deep).cache).toBe(module.get(CacheService));
    });

    it.each<[string, () => Parameters<typeof CacheModule.forRootAsync>[0]]>([
      [
        'useFactory',
        () => ({
          imports: [namespaceModule()],
          inject: ['NAMESPACE'],
          useFactory: async (namespace: string) => testOptions({ namespace }),
        }),
      ],
      [
        'useClass',
        () => ({
          useClass: class {
            createCacheOptions() {
              return testOptions({ namespace: 'later' });
            }
          },
        }),
      ],
    ])('takes options from %s', async (_how, options) => {
      const module = await startModule({ imports: [CacheModule.forRootAsync(options())] });
      expect((await module.get(CacheService).status()).namespace).toBe('later');
    });

    it('puts options before variables, and variables before defaults', async () => {
      const env = { CACHE_NAMESPACE: 'variable', CACHE_ENABLED: 'false' };
      const given = await startWith({
        ...testOptions({ env }),
        namespace: 'option',
        enabled: true,
      });
      expect(await given.status()).toMatchObject({ namespace: 'option', enabled: true });
      const unsaid = await startWith({ ...testOptions({ env }), namespace: undefined });
      expect(await unsaid.status()).toMatchObject({ namespace: 'variable', enabled: false });
    });

    it('takes the package name of the application for a namespace', async () => {
      const replaced = jest.replaceProperty(process, 'argv', ['node', __filename]);
      const cache = await startWith({ ...testOptions(), namespace: undefined });
      replaced.restore();
      expect((await cache.status()).namespace).toBe('@vitalcache/nest-integration');
    });

    it('hands on a key factory, middleware and strategies', async () => {
      const keyFactory = new CacheKeyFactory();
      const seen = new SeenOperations();
      const cache = await startWith(testOptions({ keyFactory, middleware: [seen] }));
      await cache.cache('k', () => 1);
      expect(cache.getKeyFactory()).toBe(keyFactory);
      expect(seen.seen).toEqual(['read']);
    });

    it('measures what the two variables of metrics say, until something else is said at run time', async () => {
      const run = async (env: Environment) => {
        const cache = await startWith(testOptions({ env, plugins: [metricsPlugin()] }));
        const load = () => new Promise((resolve) => setTimeout(() => resolve(1), 5));
        await cache.cache('k', load);
        const { totalRequests, averageResponseTime } = await cache.getCacheMetrics();
        return { cache, totalRequests, isTimed: averageResponseTime > 0 };
      };
      expect(await run({})).toMatchObject({ totalRequests: 1, isTimed: true });
      const untimed = await run({ CACHE_PERFORMANCE_MONITORING_ENABLED: 'false' });
      expect(untimed).toMatchObject({ totalRequests: 1, isTimed: false });
      const { cache, ...counted } = await run({ CACHE_ENABLE_METRICS: 'false' });
      expect(counted).toEqual({ totalRequests: 0, isTimed: false });
      await cache.configure({ values: { metrics: true } });
      await cache.cache('k', () => 1);
      expect(await cache.getCacheStats()).toMatchObject({ hits: 1, misses: 0 });
    });

    it('rejects questions about metrics without the package, naming it', async () => {
      const cache = await startWith(testOptions());
      const error = {
        code: 'FEATURE_MISSING',
        message: expect.stringMatching(/@vitalcache.metrics/),
      };
      await expect(cache.getCacheMetrics()).rejects.toMatchObject(error);
      expect((await cache.getCacheHealth()).status).toBe('healthy');
    });

    it('gives the variables their effect', async () => {
      const contexts: unknown[] = [];
      const spy: ProviderPackage = {
        name: 'spy',
        fromEnvironment: (_reader, context) => {
          contexts.push(context);
          return fakeProvider();
        },
      };
      const stored: Uint8Array[] = [];
      const env = {
        CACHE_DEFAULT_TTL: '7',
        CACHE_MAX_SIZE_MB: '64',
        CACHE_CONNECTION_TIMEOUT: '111',
        CACHE_COMMAND_TIMEOUT: '222',
        CACHE_CONNECTION_POOL_SIZE: '3',
        CACHE_ENABLE_BATCH: 'false',
        CACHE_AUTO_SCALING_ENABLED: 'false',
        CACHE_SHARDS: '[{"host":"a","port":1}]',
      };
      const { settings } = await startWith(testOptions({ env, provider: spy }));
      expect(settings).toMatchObject({ batch: false, loadBalancing: true, autoScaling: false });
      expect(contexts).toEqual([
        expect.objectContaining({
          maxBytes: 32 * 2 ** 20,
          connectTimeoutMs: 111,
          commandTimeoutMs: 222,
          poolSize: 3,
          tuning: { isBatching: false, isBalanced: true, isScaling: false },
          shards: [{ host: 'a', port: 1 }],
        }),
      ]);
      const ttls: number[] = [];
      const provider = fakeProvider({
        set: async (_key, value, ttlMs) => {
          stored.push(value);
          ttls.push(ttlMs);
        },
      });
      const store = async (more: Environment) => {
        const cache = await startWith(testOptions({ env: { ...env, ...more }, provider }));
        await cache.cache('k', () => 'x'.repeat(5_000), { compress: true, jitterRatio: 0 });
        await cache.settled();
        return stored.at(-1)?.length ?? 0;
      };
      expect(await store({})).toBeLessThan(1_000);
      expect(await store({ CACHE_ENABLE_COMPRESSION: 'false' })).toBeGreaterThan(5_000);
      expect(await store({ CACHE_COMPRESSION_THRESHOLD: '9000' })).toBeGreaterThan(5_000);
      expect(Math.max(...ttls)).toBeLessThanOrEqual(7_000);
      expect(
        await store({ CACHE_ENABLED: 'false', CACHE_COMPRESSION_THRESHOLD: '1' }),
      ).toBeGreaterThan(5_000);
      expect(ttls).toHaveLength(3);
    });

    it.each<[CacheModuleOptions, RegExp]>([
      [
        { namspace: 'x' } as CacheModuleOptions,
        /CacheModule has no namspace \(did you mean namespace\?\); accepted: provider/,
      ],
      [{ namespace: 'a b' }, /namespace is "a b"; accepted/],
      [
        { l1MaxBytes: 2 ** 30, env: { CACHE_MAX_SIZE_MB: '16' } },
        /l1MaxBytes is 1073741824, but CACHE_MAX_SIZE_MB allows 16777216/,
      ],
    ])('refuses %j', async (options, message) => {
      await expect(startWith({ ...testOptions(), ...options })).rejects.toThrow(message);
    });

    it('is refused twice for one namespace, and accepted for two', async () => {
      const twice = (first: string, second: string) =>
        startModule({
          imports: [
            CacheModule.forRoot(testOptions({ namespace: first })),
            CacheModule.forRoot(testOptions({ namespace: second })),
          ],
        });
      await expect(twice('a', 'a')).rejects.toThrow(
        /CacheModule is imported twice for the namespace a/,
      );
      await expect(twice('a', 'b')).resolves.toBeDefined();
    });

    it('gives a module that imports a CacheModule of its own that one', async () => {
      @Injectable()
      class Inner {
        constructor(readonly cache: CacheService) {}
      }
      @Module({
        imports: [CacheModule.forRoot(testOptions({ namespace: 'inner' }))],
        providers: [Inner],
      })
      class Feature {}
      const module = await startModule({
        imports: [CacheModule.forRoot(testOptions({ namespace: 'outer' })), Feature],
      });
      expect((await module.get(Inner, { strict: false }).cache.status()).namespace).toBe('inner');
    });

    it('lets a test replace the store without loading any', async () => {
      const module = await startModule(
        { imports: [CacheModule.forRoot({ env: {}, logger: new LogLines() })] },
        (builder) => builder.overrideProvider('ICacheProvider').useValue(fakeProvider()),
      );
      expect((await module.get(CacheService).status()).provider).toBe('fake');
    });

    it('checks the variables also then', async () => {
      const starting = startModule(
        { imports: [CacheModule.forRoot({ env: { CACHE_ENABLED: '?' } })] },
        (builder) => builder.overrideProvider('ICacheProvider').useValue(fakeProvider()),
      );
      await expect(starting).rejects.toThrow(/CACHE_ENABLED is "\?"/);
    });
  });

  describe('wrong variables', () => {
    it.each<[Environment, RegExp]>([
      [{ CACHE_PROVIDER: 'Redis' }, /^CACHE_PROVIDER is "Redis"; accepted: [^·]*$/],
      [
        { CACHE_PROVIDER: 'memory', CACHE_ENABLED: 'ja' },
        /CACHE_ENABLED is "ja"; accepted: true, false, 1 or 0/,
      ],
      [
        { CACHE_PROVIDER: 'memory', CACHE_DEFAULT_TTL: '1h' },
        /CACHE_DEFAULT_TTL is "1h"; accepted: a whole number from 0 to/,
      ],
      [
        { CACHE_PROVIDER: 'memory', CACHE_RETRY_ATTEMPTS: '-1' },
        /CACHE_RETRY_ATTEMPTS is "-1"; accepted: .* 0 to 100/,
      ],
      [
        { CACHE_PROVIDER: 'memory', CACHE_MAX_SIZE_MB: 'big' },
        /CACHE_MAX_SIZE_MB is "big"; accepted: .* from 1 to/,
      ],
      [
        { CACHE_PROVIDER: 'redis', REDIS_PORT: '0', CACHE_ENABLED: '?' },
        /CACHE_ENABLED .* · .*REDIS_PORT is "0"; accepted: .* from 1 to 65535/,
      ],
    ])('stop the start with one line: %j', async (env, message) => {
      const line = await problemOf(env);
      expect(line).toMatch(message);
      expect(line).not.toContain('\n');
    });

    it('come together with a missing package in one line', async () => {
      expect(await problemOf({ CACHE_PROVIDER: 'nowhere', CACHE_ENABLED: '?' })).toBe(
        'CACHE_ENABLED is "?"; accepted: true, false, 1 or 0 · CACHE_PROVIDER is "nowhere"; accepted: memory, redis, dragonfly, or what an installed @vitalcache/provider-… is called',
      );
    });

    it('show no secret', async () => {
      const line = await problemOf({
        CACHE_PROVIDER: 'redis',
        REDIS_PASSWORD: SECRET,
        REDIS_PASSWORD_FILE: 'also',
        REDIS_URL: `nonsense ${SECRET}`,
        CACHE_SHARDS: SECRET,
      });
      expect(line).toContain('REDIS_URL');
      expect(line).not.toContain(SECRET);
    });

    it('reject the creation of the application, for its main to explain', async () => {
      const printed: string[] = [];
      const streams = [process.stdout, process.stderr].map((stream) =>
        jest.spyOn(stream, 'write').mockImplementation((chunk) => {
          printed.push(String(chunk));
          return true;
        }),
      );
      const creating = NestFactory.create(
        CacheModule.forRoot({ env: { CACHE_PROVIDER: '!' } }) as never,
        {
          abortOnError: false,
          bufferLogs: true,
          autoFlushLogs: false,
        },
      );
      await expect(creating).rejects.toBeInstanceOf(CacheError);
      Logger.overrideLogger(false);
      Logger.flush(); // what Nest would have printed
      streams.forEach((stream) => stream.mockRestore());
      expect(printed).toEqual([]);
    });
  });

  describe('warnings', () => {
    it('name what is set without effect, and unknown names with the nearest known one', async () => {
      const { warnings } = await startFrom({
        CACHE_PROVIDER: 'memory',
        CACHE_PERFORMANCE_MONITORING_ENABLED: 'true',
        CACHE_AUDIT_LOGGING_ENABLED: 'true',
        CACHE_AUDIT_FILE: 'x',
        CACHE_PROVDER: 'redis',
      });
      expect(warnings).toEqual([
        'set but without effect, because nothing protects (plugins: [healthcarePlugin()] of @vitalcache/healthcare-phi): CACHE_AUDIT_LOGGING_ENABLED, CACHE_AUDIT_FILE',
        'set but without effect, because nothing measures (plugins: [metricsPlugin()] of @vitalcache/metrics): CACHE_PERFORMANCE_MONITORING_ENABLED',
        'unknown variables: CACHE_PROVDER (did you mean CACHE_PROVIDER?)',
      ]);
    });

    it('name variables that code overrules', async () => {
      const lines = new LogLines();
      const env = {
        CACHE_PROVIDER: 'redis',
        CACHE_COMMAND_TIMEOUT: '5',
        CACHE_CONNECTION_POOL_SIZE: '9',
        CACHE_ENABLE_BATCH: '0',
        CACHE_SHARDS: `[{"host":"a","port":1,"password":"${SECRET}"}]`,
        CACHE_ENABLE_METRICS: '1',
      };
      await startWith(testOptions({ env }, lines));
      expect(lines.warnings).toEqual([
        'set but without effect, because the provider is given in code: CACHE_PROVIDER, CACHE_COMMAND_TIMEOUT, CACHE_CONNECTION_POOL_SIZE, CACHE_ENABLE_BATCH, CACHE_SHARDS',
        'set but without effect, because nothing measures (plugins: [metricsPlugin()] of @vitalcache/metrics): CACHE_ENABLE_METRICS',
      ]);
    });
  });

  describe('start and end', () => {
    it('says in one line how the cache is set up', async () => {
      const { logs, warnings } = await startFrom({
        CACHE_PROVIDER: 'memory',
        CACHE_NAMESPACE: 'clinic',
      });
      expect(warnings).toEqual([]);
      expect(logs).toEqual([
        expect.stringMatching(
          /^provider memory \(connected\); namespace clinic; cache on; default ttl 3600 s; strategies standard; middleware none; compression snappy from 1024 bytes; own tier 64 MiB; switched off predictive; log level log; core \d.*, nest-integration \d.*, provider-memory \d.*, Node \d/,
        ),
      ]);
    });

    it('starts degraded when Redis can not be reached: one warning, no secret', async () => {
      const lines = new LogLines();
      const env = {
        CACHE_CONNECTION_TIMEOUT: '300',
        CACHE_COMMAND_TIMEOUT: '300',
        REDIS_HOST: '127.0.0.1',
        REDIS_PORT: String(await closedPort()),
        REDIS_USERNAME: `user-${SECRET}`,
        REDIS_PASSWORD: SECRET,
      };
      await startWith({ provider: redisPackage, env, logger: lines });
      expect(lines.warnings).toEqual([expect.stringMatching(/^store unreachable \(/)]);
      expect(lines.logs).toEqual([
        expect.stringMatching(/^provider redis, standalone \(unreachable\)/),
      ]);
      expect(lines.all.join('\n')).not.toContain(SECRET);
    });

    it('does not start where it insists on a store that can not be reached, and says why', async () => {
      const lines = new LogLines();
      const env = {
        CACHE_CONNECTION_TIMEOUT: '300',
        CACHE_COMMAND_TIMEOUT: '300',
        REDIS_HOST: '127.0.0.1',
        REDIS_PORT: String(await closedPort()),
        REDIS_PASSWORD: SECRET,
      };
      const options = { provider: redisPackage, env, logger: lines, startup: 'require' } as const;
      await expect(startWith(options)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringMatching(/can't be reached \(.*startup: 'require' insists/),
      });
      expect(lines.all.join()).not.toContain(SECRET);
      const fine = testOptions({ startup: 'require' }, lines);
      expect(await (await startWith(fine)).cache('k', () => 'loaded')).toBe('loaded');
      await expect(startWith(testOptions({ startup: 'always' as never }))).rejects.toThrow(
        "startup must be 'degraded' or 'require'",
      );
    });

    it.each([
      [{ REDIS_CLUSTER_NODES: '127.0.0.1:1' }, 'redis, cluster'],
      [
        { CACHE_SHARDS: '[{"host":"127.0.0.1","port":1},{"host":"127.0.0.1","port":2}]' },
        'redis, 2 shards',
      ],
    ])(
      'says how the servers stand together, and which switches are off: %j',
      async (more, named) => {
        const lines = new LogLines();
        const off = { CACHE_ADAPTIVE_ENABLED: 'false', CACHE_REPLICATION_ENABLED: 'false' };
        const times = { CACHE_CONNECTION_TIMEOUT: '100', CACHE_COMMAND_TIMEOUT: '100' };
        await startWith({
          provider: redisPackage,
          env: { ...times, ...off, ...more },
          logger: lines,
        });
        expect(lines.logs.join()).toContain(`provider ${named} (unreachable)`);
        expect(lines.logs.join()).toContain('; switched off adaptive, predictive, replication;');
        expect(lines.logs.join()).not.toContain('127.0.0.1');
      },
    );

    it.each<[string, Partial<ICacheProvider>]>([
      [
        'is not connected',
        {
          connect: async () => undefined,
          close: async () => undefined,
          status: async () => storeStatus(false),
        },
      ],
      [
        'fails to connect',
        { connect: () => Promise.reject(new Error(SECRET)), close: async () => undefined },
      ],
      [
        'never answers',
        { connect: () => new Promise(() => undefined), close: async () => undefined },
      ],
    ])('starts degraded with a store that %s, and still loads', async (_how, more) => {
      const lines = new LogLines();
      const env = { CACHE_CONNECTION_TIMEOUT: '20', CACHE_COMMAND_TIMEOUT: '20' };
      const spy: ProviderPackage = { name: 'fake', fromEnvironment: () => fakeProvider(more) };
      const cache = await startWith(testOptions({ provider: spy, env, readBudgetMs: 20 }, lines));
      expect(lines.warnings).toEqual([
        'store unreachable: reads go to their source until it answers, invalidations wait',
      ]);
      expect(await cache.cache('k', () => 'loaded')).toBe('loaded');
      expect(lines.all.join('\n')).not.toContain(SECRET);
    });

    it('passes later changes of the connection on', async () => {
      const lines = new LogLines();
      let say: (line: string) => void = () => undefined;
      const spy: ProviderPackage = {
        name: 'fake',
        fromEnvironment: (_reader, { onStateChange }) => {
          say = onStateChange;
          onStateChange('connecting');
          return fakeProvider();
        },
      };
      await startWith(testOptions({ provider: spy }, lines));
      say('gone');
      expect(lines.warnings).toEqual(['gone']);
    });

    it('works in an application without a server', async () => {
      const app = await NestFactory.createApplicationContext(CacheModule.forRoot(testOptions()), {
        logger: false,
      });
      expect(await app.get(CacheService).cache('k', async () => 1)).toBe(1);
      await app.close();
    });

    it('closes the store with the application, after HTTP', async () => {
      const order: string[] = [];
      const provider = fakeProvider({
        connect: async () => void order.push('connect'),
        close: async () => void order.push('close'),
      });
      const { app } = await startHttp('express', {
        imports: [CacheModule.forRoot(testOptions({ provider }))],
      });
      (app.getHttpServer() as Server).once('close', () => order.push('server closed'));
      await app.close();
      expect(order).toEqual(['connect', 'server closed', 'close']);
    });

    it.each([
      ['silent', []],
      ['error', []],
      ['warn', ['warn']],
      ['log', ['log', 'warn']],
      ['info', ['log', 'warn']],
      ['debug', ['log', 'warn']],
    ])('logs at level %s what is at least that severe', async (level, expected) => {
      const lines = await startFrom({
        CACHE_PROVIDER: 'memory',
        CACHE_LOG_LEVEL: level,
        CACHE_AUDIT_FILE: 'x',
      });
      expect([...lines.logs.map(() => 'log'), ...lines.warnings.map(() => 'warn')]).toEqual(
        expected,
      );
    });
  });
});

describe('CacheProviderFactory', () => {
  it('takes a package that is handed in', async () => {
    const cache = await startWith(testOptions({ provider: providerPackage }));
    expect((await cache.status()).provider).toBe('memory');
  });

  it('names the default when CACHE_PROVIDER is not set and the package is missing', async () => {
    await expect(
      startWith({ env: {}, defaultProvider: 'nowhere', logger: new LogLines() }),
    ).rejects.toThrow(
      'CACHE_PROVIDER: accepted: memory, redis, dragonfly, or what an installed @vitalcache/provider-… is called (it is not set, which means nowhere)',
    );
    expect(new CacheProviderFactory()).toBeDefined();
  });

  it('gives the npm command for a package of ours that is missing', async () => {
    const missing = "Cannot find module '@vitalcache/provider-redis'";
    const absent = (): never => {
      throw Object.assign(new Error(missing), { code: 'MODULE_NOT_FOUND' });
    };
    jest.doMock('@vitalcache/provider-redis', absent, { virtual: true });
    await expect(
      startWith({ env: { CACHE_PROVIDER: 'redis' }, logger: new LogLines() }),
    ).rejects.toThrow('run: npm install @vitalcache/provider-redis');
    jest.dontMock('@vitalcache/provider-redis');
  });

  it('tells a package that is broken from one that is missing', async () => {
    jest.doMock(
      '@vitalcache/provider-broken',
      () => {
        throw Object.assign(new Error("Cannot find module 'client'\nRequire stack:"), {
          code: 'MODULE_NOT_FOUND',
        });
      },
      { virtual: true },
    );
    await expect(startFrom({ CACHE_PROVIDER: 'broken' })).rejects.toThrow(
      "@vitalcache/provider-broken could not be loaded: Cannot find module 'client'; run: npm install client",
    );
  });

  it('refuses a package that exports no providerPackage', async () => {
    jest.doMock('@vitalcache/provider-empty', () => ({}), { virtual: true });
    await expect(startFrom({ CACHE_PROVIDER: 'empty' })).rejects.toThrow(
      'CACHE_PROVIDER is "empty"; accepted: a package that exports providerPackage, which @vitalcache/provider-empty does not',
    );
  });
});

describe('explainStartupError', () => {
  it('names the port that is taken and how to change it', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const app = await NestFactory.create(CacheModule.forRoot(testOptions()) as never, {
      logger: false,
    });
    const error: unknown = await app.listen(port, '127.0.0.1').catch((reason: unknown) => reason);
    await app.close();
    taken.close();
    expect(explainStartupError(error)).toBe(
      `Port ${port} is in use: stop the process that has it, or set the variable PORT to another one.`,
    );
  });

  it('makes one line of a CacheError, and nothing of other errors', () => {
    expect(explainStartupError(new CacheError('CONFIG_INVALID', 'a\n  b'))).toBe('a b');
    for (const other of [new Error('x'), null, undefined, 'x', { code: 'ENOENT' }]) {
      expect(explainStartupError(other)).toBeNull();
    }
  });
});

function namespaceModule() {
  @Module({ providers: [{ provide: 'NAMESPACE', useValue: 'later' }], exports: ['NAMESPACE'] })
  class Namespaces {}
  return Namespaces;
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
