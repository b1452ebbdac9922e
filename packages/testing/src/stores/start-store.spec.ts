import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { outcomeOf } from '../../test/collecting-runner.js';
import { describeWithRedis } from './describe-with-store.js';
import { NO_REDIS, redisSources, startRedis } from './start-store.js';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** An environment whose PATH holds executables of these names, which do nothing but end. */
function pathWith(...names: string[]): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'vitalcache-path-'));
  folders.push(folder);
  for (const name of names) {
    writeFileSync(join(folder, name), '#!/bin/sh\nexit 1\n');
    chmodSync(join(folder, name), 0o755);
  }
  return { PATH: folder, XDG_RUNTIME_DIR: folder };
}

const kinds = (env: NodeJS.ProcessEnv): string[] => redisSources(env).map(({ kind }) => kind);

describe('redisSources', () => {
  it('takes a given address and nothing else', () => {
    const env = {
      ...pathWith('redis-server'),
      DOCKER_HOST: 'tcp://nowhere',
      VITALCACHE_TEST_REDIS_URL: 'redis://x',
    };
    expect(kinds(env)).toEqual(['address']);
  });

  it('prefers Docker to a binary', () => {
    expect(kinds({ ...pathWith('redis-server'), DOCKER_HOST: 'tcp://nowhere' })).toEqual([
      'docker',
      'binary',
    ]);
    expect(kinds(pathWith('docker.sock'))).toEqual(['docker']);
  });

  it.each(['redis-server', 'valkey-server'])('finds %s on the PATH', (name) => {
    expect(kinds(pathWith(name))).toContain('binary');
  });
});

describe('startRedis', () => {
  it('names what was tried and why it failed', async () => {
    await expect(startRedis({ VITALCACHE_TEST_REDIS_URL: 'http://127.0.0.1:1' })).rejects.toThrow(
      /^no Redis could be started \(address: /,
    );
  }, 30_000);

  it('does not wait for a server that ended at once', async () => {
    const began = performance.now();
    await expect(startRedis(pathWith('redis-server'))).rejects.toThrow(/binary: /);
    expect(performance.now() - began).toBeLessThan(10_000);
  }, 30_000);
});

describe('describeWithRedis', () => {
  const declare =
    (env: NodeJS.ProcessEnv, needs: readonly ('restart' | 'pause')[] = []) =>
    () =>
      describeWithRedis('suite', () => undefined, { env, needs });

  it('skips, with the reason, where there is no way to a Redis', async () => {
    const { skipped } = await outcomeOf(declare(pathWith()));
    expect(skipped).toEqual([`suite (skipped: ${NO_REDIS})`]);
  });

  it('throws instead when CI is set', async () => {
    await expect(outcomeOf(declare({ ...pathWith(), CI: '1' }))).rejects.toThrow(/CI is set/);
  });

  it('skips what the only store is not able to do, also when CI is set', async () => {
    const env = { VITALCACHE_TEST_REDIS_URL: 'redis://x', CI: '1' };
    const { skipped } = await outcomeOf(declare(env, ['restart', 'pause']));
    expect(skipped).toEqual(["suite (skipped: a Redis from address can't restart or pause)"]);
  });
});
