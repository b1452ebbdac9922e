import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Test } from '@nestjs/testing';
import type { CacheWarmer, Environment } from '@vitalcache/core';
import { EnvironmentReader, readCacheSettings } from '@vitalcache/core';
import { healthcarePlugin } from '@vitalcache/healthcare-phi';
import { metricsPlugin } from '@vitalcache/metrics';
import { providerPackage as dragonfly } from '@vitalcache/provider-dragonfly';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { providerPackage as redis } from '@vitalcache/provider-redis';
import {
  predictionPlugin,
  PredictiveWarmer,
  RefreshScheduler,
  SWRCacheStrategy,
} from '@vitalcache/swr';
import { FakeClock } from '@vitalcache/testing';
import { parse } from 'dotenv';

import { CacheModule, CacheService, type CacheModuleOptions } from '../src/index.js';
import { createAdminSetup } from '../src/admin/admin.setup.js';
import { closeAll, startModule, testOptions } from './support/apps.js';

afterEach(closeAll);

const ROOT = join(__dirname, '../../..');

interface Row {
  readonly name: string;
  readonly default: string;
  readonly secret?: boolean;
}

const ROWS = (
  JSON.parse(readFileSync(join(ROOT, 'docs/environment.json'), 'utf8')) as {
    readonly tables: readonly { readonly rows: readonly Row[] }[];
  }
).tables.flatMap(({ rows }) => rows);

/** All that is ever asked of the environment. */
function readAll(env: Environment): EnvironmentReader {
  const reader = new EnvironmentReader(env);
  const { provided } = readCacheSettings(reader, { hasHealthcare: true });
  for (const one of [redis, dragonfly]) {
    one.fromEnvironment(reader, { ...provided, onStateChange: () => undefined });
  }
  healthcarePlugin().readEnvironment?.(reader);
  createAdminSetup(reader, undefined);
  return reader;
}

describe('the page of variables', () => {
  it('names each variable that is read, and no other', () => {
    const named = ROWS.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
    expect([...readAll({}).known].sort()).toEqual(named.sort());
  });

  it('has an .env.example that is accepted, and says what holds anyway, but for the passwords of docker-compose.yml', () => {
    const example = parse(readFileSync(join(ROOT, '.env.example'), 'utf8'));
    const reader = readAll(example);
    expect(() => reader.assertValid()).not.toThrow();
    const settingsOf = (env: Environment) => {
      const { warnings: _w, ...settings } = readCacheSettings(new EnvironmentReader(env), {
        hasHealthcare: true,
      });
      return settings;
    };
    expect(settingsOf(example)).toEqual(settingsOf({}));
    for (const [name, value] of Object.entries(example)) {
      if (name.endsWith('_PASSWORD')) continue;
      expect([name, value]).toEqual([name, ROWS.find((row) => row.name === name)?.default]);
    }
  });
});

describe('switches, on and off', () => {
  const start = async (env: Environment, more: CacheModuleOptions = {}) => {
    const options = testOptions({ env, ...more });
    const module = await startModule({ imports: [CacheModule.forRoot(options)] });
    return module.get<CacheService>(CacheService);
  };

  /** Bytes of the largest value that reached the store. */
  async function storedBytes(env: Environment, options: object): Promise<number> {
    const provider = new MemoryCacheProvider();
    const set = jest.spyOn(provider, 'setFenced');
    const cache = await start(env, { provider });
    await cache.cache('k', () => 'the same again '.repeat(1_000), options);
    await cache.settled();
    const sizes = set.mock.calls.map(([{ value }]) => value.byteLength);
    return Math.max(...sizes);
  }

  it.each([
    ['CACHE_ENABLE_COMPRESSION', { compress: true }],
    ['CACHE_MEMORY_OPTIMIZATION_ENABLED', {}],
  ])('%s', async (name, options) => {
    const on = await storedBytes({ [name]: 'true' }, options);
    const off = await storedBytes({ [name]: 'false' }, options);
    expect(on).toBeGreaterThan(0);
    expect(off).toBeGreaterThan(on * 3);
  });

  it.each([
    ['true', 45_000],
    ['false', 30_000],
  ])('CACHE_ADAPTIVE_ENABLED: %s', async (value, freshMs) => {
    const clock = new FakeClock();
    const provider = new MemoryCacheProvider({ now: clock.now });
    const cache = await start(
      { CACHE_ADAPTIVE_ENABLED: value },
      { clock, provider, strategies: [new SWRCacheStrategy()] },
    );
    const ask = async () => {
      await cache.cache('k', () => 'unchanged', {
        ttl: 600,
        staleTime: 30,
        jitterRatio: 0,
        earlyRefresh: 0,
        adaptive: { minStaleTime: 10, maxStaleTime: 300 },
      });
      await cache.settled();
    };
    await ask();
    clock.advance(31_000);
    await ask(); // stale: refreshed with the same
    for (let i = 0; i < 100 && (await cache.explain('k')).state === 'stale'; i++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await cache.explain('k')).freshForMs).toBe(freshMs);
  });

  it.each([
    ['true', ['at start', 'when called']],
    ['false', ['when called']],
  ])('CACHE_WARMING_ENABLED: %s', async (value, warmed) => {
    const seen: string[] = [];
    let when = 'at start';
    const warmer: CacheWarmer = {
      name: 'news',
      items: () => [{ key: `news:${when}`, load: () => seen.push(when) }],
    };
    const cache = await start({ CACHE_WARMING_ENABLED: value }, { warmers: [warmer] });
    await new Promise((resolve) => setTimeout(resolve, 30));
    when = 'when called';
    await cache.warm();
    expect(seen).toEqual(warmed);
  });

  it.each([
    ['true', 'hit'],
    ['false', 'miss'],
  ])('CACHE_PREDICTIVE_ENABLED: %s', async (value, outcome) => {
    const scheduler = new RefreshScheduler({ utilization: () => 0 });
    const of = (template: string) => ({ template, load: () => template });
    const warmer = new PredictiveWarmer({
      scheduler,
      templates: [of('profile:{id}'), of('history:{id}')],
    });
    const cache = await start(
      { CACHE_PREDICTIVE_ENABLED: value },
      { strategies: [new SWRCacheStrategy({ scheduler })], plugins: [predictionPlugin(warmer)] },
    );
    const read = (template: string, id: number) =>
      cache.read(template.replace('{id}', String(id)), () => 1, { template });
    for (let id = 0; id < 60; id++) {
      await read('profile:{id}', id);
      await read('history:{id}', id);
    }
    await read('profile:{id}', 99);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await read('history:{id}', 99)).outcome).toBe(outcome);
  });

  it.each([
    ['CACHE_ENABLE_METRICS', 'totalRequests'],
    ['CACHE_PERFORMANCE_MONITORING_ENABLED', 'averageResponseTime'],
  ] as const)('%s', async (name, number) => {
    const measured = async (value: string) => {
      const cache = await start({ [name]: value }, { plugins: [metricsPlugin()] });
      await cache.cache('k', () => new Promise((resolve) => setTimeout(() => resolve(1), 5)));
      return (await cache.getCacheMetrics())[number];
    };
    expect(await measured('true')).toBeGreaterThan(0);
    expect(await measured('false')).toBe(0);
  });
});

describe('@nestjs/config', () => {
  it('hands on what it read from a file', async () => {
    const { ConfigModule, ConfigService } = await import('@nestjs/config');
    const module = await Test.createTestingModule({
      imports: [
        CacheModule.forRootAsync({
          imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => ({ ns: 'asked' })] })],
          inject: [ConfigService],
          useFactory: (config: InstanceType<typeof ConfigService>) =>
            testOptions({ namespace: config.getOrThrow<string>('ns') }),
        }),
      ],
    }).compile();
    expect(module.get(CacheService).namespace).toBe('asked');
    await module.init();
    await module.close();
  });
});
