import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as zlib from 'node:zlib';

import { parse } from 'dotenv';

import { readCacheSettings, type CacheSettings } from './cache-settings.js';
import { EnvironmentReader, type Environment } from './environment.reader.js';
import { findUnknownVariables } from './unknown-variables.js';

const GIB = 2 ** 30;
const MIB = 2 ** 20;
const documentText = readFileSync(join(__dirname, '../../test/fixtures/document.env'), 'utf8');

function read(env: Environment, heapLimitBytes = 4 * GIB): CacheSettings {
  const reader = new EnvironmentReader(env);
  const settings = readCacheSettings(reader, { heapLimitBytes });
  reader.assertValid();
  return settings;
}

function shardsOf(count: number): string {
  return JSON.stringify(
    Array.from({ length: count }, (_, port) => ({ host: 'a', port: port + 1 })),
  );
}

function problemOf(env: Environment): string {
  try {
    read(env);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('readCacheSettings', () => {
  it('has a default for everything', () => {
    expect(read({})).toEqual({
      provider: 'dragonfly',
      logLevel: 'log',
      isMetricsEnabled: true,
      isPerformanceMonitored: true,
      features: { isAdaptive: true, isWarming: true, isPredictive: false },
      maxBytes: GIB,
      cache: {
        enabled: true,
        l1MaxBytes: 64 * MIB,
        compression: { compressor: 'snappy', thresholdBytes: 1_024 },
        memoryOptimization: true,
        breaker: { threshold: 10, timeoutMs: 30_000 },
        defaults: { ttlMs: 3_600_000, compress: true },
      },
      provided: {
        maxBytes: GIB - 64 * MIB,
        connectTimeoutMs: 5_000,
        commandTimeoutMs: 3_000,
        poolSize: 100,
        maxConnections: 1_000,
        retryAttempts: 3,
        retryDelayMs: 1_000,
        tuning: { isBatching: true, isBalanced: true, isScaling: true },
        isReplicated: true,
        shards: undefined,
      },
      warnings: [],
    });
  });

  it('takes the default provider from the caller', () => {
    const reader = new EnvironmentReader({});
    expect(readCacheSettings(reader, { provider: 'memory' }).provider).toBe('memory');
  });

  it('reads what has an effect', () => {
    const settings = read({
      CACHE_PROVIDER: 'redis',
      CACHE_NAMESPACE: '@clinic/api',
      CACHE_ENABLED: '0',
      CACHE_LOG_LEVEL: 'info',
      CACHE_DEFAULT_TTL: '60',
      CACHE_MAX_SIZE_MB: '32',
      CACHE_ENABLE_COMPRESSION: 'false',
      CACHE_COMPRESSION_THRESHOLD: '5000',
      CACHE_ENABLE_METRICS: 'false',
      CACHE_PERFORMANCE_MONITORING_ENABLED: 'false',
      CACHE_CONNECTION_TIMEOUT: '700',
      CACHE_COMMAND_TIMEOUT: '90',
      CACHE_CIRCUIT_BREAKER_THRESHOLD: '4',
      CACHE_CIRCUIT_BREAKER_TIMEOUT: '500',
      CACHE_ADAPTIVE_ENABLED: 'false',
      CACHE_WARMING_ENABLED: '1',
      CACHE_PREDICTIVE_ENABLED: '1',
      CACHE_MEMORY_OPTIMIZATION_ENABLED: '0',
      CACHE_CONNECTION_POOL_SIZE: '7',
      CACHE_MAX_CONNECTIONS: '70',
      CACHE_RETRY_ATTEMPTS: '0',
      CACHE_RETRY_DELAY: '50',
      CACHE_ENABLE_BATCH: '0',
      CACHE_LOAD_BALANCING_ENABLED: '0',
      CACHE_AUTO_SCALING_ENABLED: '0',
      CACHE_REPLICATION_ENABLED: '0',
      CACHE_SHARDS: '[{"host":"a","port":1,"weight":2}]',
    });
    expect(settings).toEqual({
      provider: 'redis',
      logLevel: 'log',
      isMetricsEnabled: false,
      isPerformanceMonitored: false,
      features: { isAdaptive: false, isWarming: true, isPredictive: true },
      maxBytes: 32 * MIB,
      cache: {
        namespace: '@clinic/api',
        enabled: false,
        l1MaxBytes: 16 * MIB,
        compression: { compressor: 'none', thresholdBytes: 5_000 },
        memoryOptimization: false,
        breaker: { threshold: 4, timeoutMs: 500 },
        defaults: { ttlMs: 60_000, compress: false },
      },
      provided: {
        maxBytes: 16 * MIB,
        connectTimeoutMs: 700,
        commandTimeoutMs: 90,
        poolSize: 7,
        maxConnections: 70,
        retryAttempts: 0,
        retryDelayMs: 50,
        tuning: { isBatching: false, isBalanced: false, isScaling: false },
        isReplicated: false,
        shards: [{ host: 'a', port: 1, weight: 2 }],
      },
      warnings: [],
    });
  });

  it.each([
    ['CACHE_PROVIDER', 'Redis!', /CACHE_PROVIDER is "Redis!"; accepted: .*@vitalcache\/provider-/],
    ['CACHE_NAMESPACE', 'a b', /CACHE_NAMESPACE is "a b"; accepted: up to 64 letters/],
    ['CACHE_ENABLED', 'yes', /CACHE_ENABLED is "yes"; accepted: true, false, 1 or 0/],
    ['CACHE_LOG_LEVEL', 'loud', /CACHE_LOG_LEVEL is "loud"; accepted: one of silent, error/],
    ['CACHE_DEFAULT_TTL', '-1', /CACHE_DEFAULT_TTL is "-1"; .* from 0 to 31622400/],
    ['CACHE_MAX_SIZE_MB', '0', /CACHE_MAX_SIZE_MB is "0"; .* from 1 to/],
    [
      'CACHE_COMPRESSION_CODEC',
      'lz4',
      /CACHE_COMPRESSION_CODEC is "lz4"; accepted: one of snappy, gzip, brotli, zstd/,
    ],
    ['CACHE_CIRCUIT_BREAKER_THRESHOLD', '0', /from 1 to 100000/],
    ['CACHE_CIRCUIT_BREAKER_TIMEOUT', '30s', /from 1 to 3600000/],
    ['CACHE_ADAPTIVE_ENABLED', 'on', /CACHE_ADAPTIVE_ENABLED is "on"/],
    ['CACHE_COMPRESSION_THRESHOLD', '1KB', /CACHE_COMPRESSION_THRESHOLD is "1KB"; .* from 0 to/],
    ['CACHE_ENABLE_METRICS', 'on', /CACHE_ENABLE_METRICS is "on"/],
    ['CACHE_CONNECTION_TIMEOUT', '0', /CACHE_CONNECTION_TIMEOUT is "0"; .* from 1 to 600000/],
    ['CACHE_COMMAND_TIMEOUT', '3s', /CACHE_COMMAND_TIMEOUT is "3s"/],
    ['CACHE_APPOINTMENTS_TTL', '30m', /CACHE_APPOINTMENTS_TTL is "30m"; .* from 0 to 31622400/],
    ['CACHE_COMPRESSION_LEVEL', '23', /CACHE_COMPRESSION_LEVEL is "23"; .* from 1 to 22/],
    ['CACHE_SHARDING_ENABLED', 'ture', /CACHE_SHARDING_ENABLED is "ture"/],
    ['CACHE_SHARDS', '[{"host":"a"}]', /CACHE_SHARDS: accepted: .*\(it is wrong at \[0\]\.port\)/],
    ['CACHE_SHARDS', '[{"host":"a","port":1,"wieght":2}]', /is wrong at \[0\]\.wieght/],
    ['CACHE_SHARDS', '[{"host":"a","port":1,"constructor":2}]', /is wrong at \[0\]\.constructor/],
    ['CACHE_SHARDS', '[]', /CACHE_SHARDS: .*\(it is empty or no list\)/],
    ['CACHE_SHARDS', '{', /CACHE_SHARDS: accepted: a JSON list/],
    [
      'CACHE_SHARDS',
      '[{"host":"a","port":1},{"host":"b","port":1},{"name":"a:1/0","host":"c","port":1}]',
      /CACHE_SHARDS: .*\(it has at \[2\] the name of \[0\]\)/,
    ],
    ['CACHE_MAX_CONNECTIONS', '1', /CACHE_MAX_CONNECTIONS is "1"; .* from 2 to 100000/],
    ['CACHE_SHARDS', shardsOf(501), /CACHE_MAX_CONNECTIONS: accepted: at least 1002, 2 for each/],
    ['CACHE_KEY_STORE_URL', 'nowhere', /CACHE_KEY_STORE_URL: accepted: a URL/],
    ['CACHE_KEYRING_FILE', '/does/not/exist', /CACHE_KEYRING_FILE is .*can read/],
  ])('refuses %s=%s', (name, value, message) => {
    expect(problemOf({ [name]: value })).toMatch(message);
  });

  it('names all problems in one line', () => {
    const line = problemOf({ CACHE_ENABLED: 'x', CACHE_RETRY_DELAY: 'y' });
    expect(line).toMatch(/CACHE_RETRY_DELAY .*CACHE_ENABLED /);
    expect(line).not.toContain('\n');
  });

  it.each([
    [
      { CACHE_CONNECTION_POOL_SIZE: '20', CACHE_MAX_CONNECTIONS: '10' },
      /CACHE_CONNECTION_POOL_SIZE is "20"; accepted: at most CACHE_MAX_CONNECTIONS, which is 10/,
    ],
    [
      { CACHE_MAX_CONNECTIONS: '5', CACHE_SHARDS: shardsOf(3) },
      /CACHE_MAX_CONNECTIONS is "5"; accepted: at least 6, 2 for each of the stores in CACHE_SHARDS/,
    ],
    [
      { CACHE_PREDICTIVE_ENABLED: 'true', CACHE_WARMING_ENABLED: 'false' },
      /CACHE_PREDICTIVE_ENABLED is "true"; accepted: false while CACHE_WARMING_ENABLED is false/,
    ],
  ])('refuses what contradicts itself: %j', (env, message) => {
    expect(problemOf(env)).toMatch(message);
  });

  it.each([
    [{ CACHE_MAX_CONNECTIONS: '40' }, { poolSize: 40, maxConnections: 40 }],
    [{ CACHE_CONNECTION_POOL_SIZE: '4000' }, { poolSize: 4_000, maxConnections: 4_000 }],
  ])('lets a default give way to what is set: %j', (env, provided) => {
    expect(read(env)).toMatchObject({ provided, warnings: [] });
  });

  it('shares the keys out among shards only while sharding is on, and says so', () => {
    const shards = '[{"host":"a","port":1},{"host":"b","port":1,"name":"b"}]';
    expect(read({ CACHE_SHARDS: shards })).toMatchObject({
      provided: { shards: [{ host: 'a' }, { host: 'b' }] },
      warnings: [],
    });
    const off = read({ CACHE_SHARDS: shards, CACHE_SHARDING_ENABLED: 'false' });
    expect(off).toMatchObject({
      provided: { shards: undefined },
      warnings: ['CACHE_SHARDS is set but without effect: CACHE_SHARDING_ENABLED is false'],
    });
    expect(read({ CACHE_SHARDING_ENABLED: '1' })).toMatchObject({
      provided: { shards: undefined },
      warnings: [],
    });
  });

  it('shows no secret in a problem', () => {
    const line = problemOf({
      CACHE_SHARDS: '[{"host":"a","port":0,"password":"hunter2"}]',
      CACHE_KEY_STORE_URL: 'hunter2',
      CACHE_KEYRING: 'hunter2',
      CACHE_KEYRING_FILE: 'elsewhere',
    });
    expect(line).toContain('CACHE_KEYRING');
    expect(line).not.toContain('hunter2');
  });

  it('clamps the memory to half of the heap limit, and says so if it was asked for', () => {
    const settings = read({ CACHE_MAX_SIZE_MB: '1024' }, GIB);
    expect(settings.maxBytes).toBe(512 * MIB);
    expect(settings.warnings).toEqual([
      expect.stringMatching(/CACHE_MAX_SIZE_MB is 1024.* 512 MB/),
    ]);
    expect(read({}, GIB)).toMatchObject({ maxBytes: 512 * MIB, warnings: [] });
  });

  it.each(['gzip', 'brotli'])('hands the level to %s', (codec) => {
    const level = (env: Environment) => read({ CACHE_COMPRESSION_CODEC: codec, ...env });
    expect(level({}).cache.compression).toMatchObject({ compressor: codec, level: 6 });
    const settings = level({ CACHE_COMPRESSION_LEVEL: '9' });
    expect(settings.cache.compression).toMatchObject({ compressor: codec, level: 9 });
    expect(settings.warnings).toEqual([]);
  });

  it('refuses zstd where the runtime has none', () => {
    const problem = problemOf({ CACHE_COMPRESSION_CODEC: 'zstd' });
    if ('zstdCompressSync' in zlib) expect(problem).toBe('');
    else
      expect(problem).toMatch(/CACHE_COMPRESSION_CODEC is "zstd"; accepted: .* zstd from 22\.15/);
  });

  it('says in one line that snappy has no level, if one is set and it compresses', () => {
    const level = { CACHE_COMPRESSION_LEVEL: '6' };
    expect(read(level).warnings).toEqual([
      'CACHE_COMPRESSION_LEVEL is set, but snappy has no levels; CACHE_COMPRESSION_CODEC chooses gzip, brotli or zstd',
    ]);
    expect(read({ ...level, CACHE_ENABLE_COMPRESSION: '0' }).warnings).toEqual([]);
  });

  it('names in one warning what is set without effect', () => {
    const { warnings } = read({
      CACHE_AUDIT_FILE: 'x',
      CACHE_AUDIT_LOGGING_ENABLED: '1',
      CACHE_ENABLED: '1',
    });
    expect(warnings).toEqual([
      'set but without effect, because nothing protects (plugins: [healthcarePlugin()] of @vitalcache/healthcare-phi): CACHE_AUDIT_LOGGING_ENABLED, CACHE_AUDIT_FILE',
    ]);
  });

  it('knows the variables that another package of ours reads', () => {
    const env = { CACHE_ADMIN_TOKEN: 'x', CACHE_ADMIN_READ_TOKEN_FILE: '/does/not/exist' };
    const reader = new EnvironmentReader(env);
    expect(readCacheSettings(reader).warnings).toEqual([]);
    expect(() => reader.assertValid()).not.toThrow();
    expect(findUnknownVariables(env, reader.known)).toEqual([]);
  });

  it('leaves the variables of healthcare to its plugin, where there is one', () => {
    const reader = new EnvironmentReader({ CACHE_LAB_RESULTS_TTL: 'x', CACHE_AUDIT_FILE: 'x' });
    expect(readCacheSettings(reader, { hasHealthcare: true }).warnings).toEqual([]);
    expect(() => reader.assertValid()).not.toThrow();
    expect(reader.known.has('CACHE_AUDIT_FILE')).toBe(false);
  });

  it.each([
    ['dotenv', parse(documentText)],
    ['node --env-file', parseEnv(documentText) as Environment],
  ])('finds nothing wrong with the documented .env, as %s reads it', (_by, env) => {
    const reader = new EnvironmentReader(env);
    const settings = readCacheSettings(reader, { heapLimitBytes: 4 * GIB });
    expect(() => reader.assertValid()).not.toThrow();
    expect(settings.provider).toBe('dragonfly');
    expect(findUnknownVariables(env, reader.known)).toEqual([]);
    const effective = 26; // of the 35 CACHE_ variables in the document
    const warning = settings.warnings.find((line) => line.startsWith('set but without effect'));
    const named = warning?.match(/CACHE_\w+/g) ?? [];
    const set = Object.keys(env).filter((name) => name.startsWith('CACHE_'));
    expect(named).toHaveLength(set.length - effective);
  });
});

describe('findUnknownVariables', () => {
  const known = new Set(['CACHE_PROVIDER', 'CACHE_ENABLED', 'CACHE_ENABLE_BATCH', 'REDIS_HOST']);

  it('names the nearest known variable', () => {
    expect(findUnknownVariables({ CACHE_PROVDER: 'x', CACHE_ENABLE: '1' }, known)).toEqual([
      'CACHE_PROVDER (did you mean CACHE_PROVIDER?)',
      'CACHE_ENABLE (did you mean CACHE_ENABLED?)',
    ]);
  });

  it('guesses nothing when nothing is near', () => {
    expect(findUnknownVariables({ CACHE_BUST_PATH: 'x' }, known)).toEqual(['CACHE_BUST_PATH']);
  });

  it('leaves known and foreign names alone', () => {
    expect(findUnknownVariables({ CACHE_ENABLED: '1', HOME: 'x' }, known)).toEqual([]);
  });
});
