import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentReader, type Environment } from '@vitalcache/core';

import { readRedisEnvironment } from './redis-environment.js';
import type { RedisServiceOptions } from './redis-options.js';

function read(env: Environment): { options: RedisServiceOptions; problem: string } {
  const reader = new EnvironmentReader(env);
  const options = readRedisEnvironment(reader, 'REDIS_', undefined);
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
});
