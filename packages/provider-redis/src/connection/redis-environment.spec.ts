import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentReader, type Environment, type Shard } from '@vitalcache/core';

import { readRedisEnvironment } from './redis-environment.js';
import type { RedisServiceOptions } from './redis-options.js';

function read(
  env: Environment,
  { prefix = 'REDIS_', shards }: { prefix?: string; shards?: readonly Shard[] } = {},
): { options: RedisServiceOptions; problem: string } {
  const reader = new EnvironmentReader(env);
  const options = readRedisEnvironment(reader, prefix, shards);
  try {
    reader.assertValid();
    return { options, problem: '' };
  } catch (error) {
    return { options, problem: (error as Error).message };
  }
}

describe('readRedisEnvironment', () => {
  it('says nothing when nothing is set', () => {
    const { options, problem } = read({});
    expect(problem).toBe('');
    expect(Object.values(options).filter((value) => value !== undefined)).toEqual([]);
  });

  it('reads each variable', () => {
    const { options, problem } = read({
      REDIS_HOST: 'cache',
      REDIS_PORT: '6380',
      REDIS_USERNAME: 'app',
      REDIS_PASSWORD: 'secret',
      REDIS_DB: '3',
      REDIS_TLS: 'true',
    });
    expect(problem).toBe('');
    expect(options).toMatchObject({
      host: 'cache',
      port: 6380,
      username: 'app',
      password: 'secret',
      db: 3,
      tls: true,
    });
  });

  it('reads URL and password from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitalcache-'));
    const [url, password] = [join(folder, 'url'), join(folder, 'password')];
    writeFileSync(url, 'redis://app@cache:6380/1\n');
    writeFileSync(password, 'from file\n');
    const { options } = read({ REDIS_URL_FILE: url, REDIS_PASSWORD_FILE: password });
    rmSync(folder, { recursive: true });
    expect(options).toMatchObject({
      host: 'cache',
      port: 6380,
      username: 'app',
      password: 'from file',
      db: 1,
    });
  });

  it('takes a URL beside variables that agree with it or add to it', () => {
    const { options, problem } = read({
      REDIS_URL: 'rediss://cache/2',
      REDIS_HOST: 'cache',
      REDIS_PORT: '6380',
      REDIS_PASSWORD: 'secret',
      REDIS_TLS: '1',
    });
    expect(problem).toBe('');
    expect(options).toMatchObject({
      host: 'cache',
      port: 6380,
      password: 'secret',
      db: 2,
      tls: true,
    });
  });

  it.each([
    [{ REDIS_HOST: 'other' }, 'REDIS_HOST'],
    [{ REDIS_PORT: '6380' }, 'REDIS_PORT'],
    [{ REDIS_USERNAME: 'other' }, 'REDIS_USERNAME'],
    [{ REDIS_PASSWORD: 'hunter3' }, 'REDIS_PASSWORD'],
    [{ REDIS_DB: '1' }, 'REDIS_DB'],
    [{ REDIS_TLS: 'true' }, 'REDIS_TLS'],
  ])('refuses REDIS_URL with another %j, naming both and no secret', (env, name) => {
    const { problem } = read({ REDIS_URL: 'redis://app:hunter2@cache:6379/0', ...env });
    expect(problem).toContain('REDIS_URL');
    expect(problem).toContain(name);
    expect(problem).not.toMatch(/hunter/);
  });

  it.each([
    [{ REDIS_URL: 'redis://app:hunter2@cache/x' }, 'REDIS_URL'],
    [{ REDIS_PORT: '0' }, 'REDIS_PORT'],
    [{ REDIS_PORT: '70000' }, 'REDIS_PORT'],
    [{ REDIS_DB: '-1' }, 'REDIS_DB'],
    [{ REDIS_TLS: 'maybe' }, 'REDIS_TLS'],
    [{ REDIS_TLS_CA_FILE: '/ca.pem' }, 'REDIS_TLS_CA_FILE'],
    [{ REDIS_TLS: 'true', REDIS_TLS_CA_FILE: '/does/not/exist' }, 'REDIS_TLS_CA_FILE'],
  ])('refuses %j', (env, name) => {
    const { problem } = read(env);
    expect(problem).toContain(name);
    expect(problem).not.toContain('hunter2');
  });

  describe('of several servers', () => {
    it('reads sentinels: the name of the primary, then where they are', () => {
      const { options, problem } = read({
        REDIS_SENTINELS: 'main@10.0.0.1:26379, sentinel-2:26379,[::1]:26380',
        REDIS_USERNAME: 'app',
        REDIS_PASSWORD: 'hunter2',
        REDIS_DB: '2',
        REDIS_TLS: 'true',
      });
      expect(problem).toBe('');
      expect(withoutAbsent(options)).toEqual({
        sentinels: {
          name: 'main',
          nodes: [
            { host: '10.0.0.1', port: 26_379 },
            { host: 'sentinel-2', port: 26_379 },
            { host: '::1', port: 26_380 },
          ],
        },
        username: 'app',
        password: 'hunter2',
        db: 2,
        tls: true,
      });
    });

    it('reads the nodes of a cluster', () => {
      const { options, problem } = read({ REDIS_CLUSTER_NODES: 'a:7000,b:7001', REDIS_DB: '0' });
      expect(problem).toBe('');
      expect(withoutAbsent(options)).toEqual({
        clusterNodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 7001 },
        ],
      });
    });

    it('lets shards stand for themselves, filled from the rest', () => {
      const shards = [{ host: 'a', port: 1 }];
      const env = { REDIS_HOST: 'ignored', REDIS_PASSWORD: 'hunter2', REDIS_DB: '3' };
      const { options, problem } = read(env, { shards });
      expect(problem).toBe('');
      expect(withoutAbsent(options)).toEqual({ shards, password: 'hunter2', db: 3 });
    });

    it.each<[Environment, readonly string[]]>([
      [{ REDIS_SENTINELS: '10.0.0.1:26379' }, ['REDIS_SENTINELS', 'main@10.0.0.1:26379']],
      [{ REDIS_SENTINELS: 'main@' }, ['REDIS_SENTINELS']],
      [{ REDIS_SENTINELS: 'main@a:1,b' }, ['REDIS_SENTINELS']],
      [{ REDIS_SENTINELS: 'ma in@a:1' }, ['REDIS_SENTINELS']],
      [{ REDIS_CLUSTER_NODES: 'a' }, ['REDIS_CLUSTER_NODES', 'host:port']],
      [{ REDIS_CLUSTER_NODES: 'a:1;b:2' }, ['REDIS_CLUSTER_NODES']],
      [
        { REDIS_SENTINELS: 'main@a:1', REDIS_CLUSTER_NODES: 'b:1' },
        ['REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'],
      ],
      [{ REDIS_SENTINELS: 'main@a:1', REDIS_HOST: 'b' }, ['REDIS_SENTINELS', 'REDIS_HOST']],
      [{ REDIS_CLUSTER_NODES: 'a:1', REDIS_PORT: '1' }, ['REDIS_CLUSTER_NODES', 'REDIS_PORT']],
      [
        { REDIS_CLUSTER_NODES: 'a:1', REDIS_URL: 'redis://:hunter2@b' },
        ['REDIS_CLUSTER_NODES', 'REDIS_URL'],
      ],
      [{ REDIS_CLUSTER_NODES: 'a:1', REDIS_DB: '1' }, ['REDIS_CLUSTER_NODES', 'REDIS_DB']],
    ])('refuses %j, naming what is in the way', (env, names) => {
      const { problem } = read({ ...env, REDIS_PASSWORD: 'hunter2' });
      for (const name of names) expect(problem).toContain(name);
      expect(problem).not.toContain('hunter2');
    });
  });

  it('reads the variables of another prefix, and only those, and names them', () => {
    const env = { REDIS_HOST: 'a', DRAGONFLY_HOST: 'b', DRAGONFLY_PASSWORD: 'secret' };
    const { options } = read(env, { prefix: 'DRAGONFLY_' });
    expect(withoutAbsent(options)).toEqual({ host: 'b', password: 'secret' });
    const wrong = {
      DRAGONFLY_CLUSTER_NODES: 'x',
      DRAGONFLY_TLS_CA_FILE: '/ca.pem',
      REDIS_PORT: 'x',
    };
    const { problem } = read(wrong, { prefix: 'DRAGONFLY_' });
    expect(problem).toContain('DRAGONFLY_CLUSTER_NODES');
    expect(problem).toContain('DRAGONFLY_TLS=true or a rediss:// DRAGONFLY_URL');
    expect(problem).not.toContain('REDIS_');
  });

  it('takes no file and variable of one secret', () => {
    const { problem } = read({ REDIS_PASSWORD: 'hunter2', REDIS_PASSWORD_FILE: '/run/secret' });
    expect(problem).toContain('only one of REDIS_PASSWORD and REDIS_PASSWORD_FILE');
    expect(problem).not.toContain('hunter2');
  });
});

function withoutAbsent(options: RedisServiceOptions): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
