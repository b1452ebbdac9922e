import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expectOneLine, vitalcache } from './support/vitalcache.js';

const BIN = join(__dirname, '../dist/bin.js');
const PASSWORD = 'hunter2-secret';

describe('vitalcache', () => {
  it.each([
    [['--help']],
    [['doctor', '--help']],
    [['inspect', '--help']],
    [['journal', 'tail', '--help']],
    [['lint', '--help']],
  ])('explains itself: %j', async (args) => {
    const { code, stdout, stderr } = await vitalcache(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchSnapshot();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'is ended by %s while it waits for a store that never answers',
    async (signal) => {
      const silent = createServer();
      await once(silent.listen(0, '127.0.0.1'), 'listening');
      const { port } = silent.address() as AddressInfo;
      const url = `redis://127.0.0.1:${port}`;
      const child = spawn(process.execPath, [BIN, 'inspect', 'a:1'], {
        env: { PATH: process.env['PATH'], CACHE_PROVIDER: 'redis', REDIS_URL: url },
        stdio: 'ignore',
      });
      const ended = once(child, 'close');
      const [socket] = (await once(silent, 'connection')) as [Socket];
      child.kill(signal);
      expect(await ended).toEqual([null, signal]);
      socket.destroy();
      silent.close();
    },
  );

  it('says which version it is', async () => {
    const manifest = await readFile(join(__dirname, '../package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    expect((await vitalcache(['--version'])).stdout).toBe(`${version}\n`);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a command that there is not', ['docter'], /unknown command 'docter' .*doctor/],
    ['an option that there is not', ['lint', '--jsn'], /unknown option '--jsn' .*--json/],
    ['too few arguments', ['inspect'], /missing required argument 'key'/],
    ['an option without its value', ['inspect', 'a', '--namespace'], /argument missing/],
    ['a number that is none', ['journal', 'tail', '-n', 'ten'], /--lines is "ten"; accepted/],
    ['a file that there is not', ['doctor', '--env', 'none'], /--env none can't be read/],
    ['a path that there is not', ['lint', 'nowhere'], /There is no .*nowhere/],
  ])('refuses %s in one line', async (_, args, line) => {
    expectOneLine(await vitalcache(args, { env: { CACHE_PROVIDER: 'redis' } }), 2, line);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a provider that is not installed',
      { CACHE_PROVIDER: 'other' },
      /provider-other is not installed, and CACHE_PROVIDER is other. Run: npm install @vitalcache\/provider-other/,
    ],
    ['a store inside of a process', { CACHE_PROVIDER: 'memory' }, /can’t be seen from outside/],
    [
      'variables that are out of range',
      { CACHE_PROVIDER: 'redis', REDIS_PORT: '0' },
      /REDIS_PORT is "0"; accepted/,
    ],
    [
      'an unusable address',
      { CACHE_PROVIDER: 'redis', REDIS_URL: `http://:${PASSWORD}@x` },
      /REDIS_URL/,
    ],
  ])('refuses %s in one line, without secrets', async (_, env, line) => {
    const result = await vitalcache(['inspect', 'users:7'], { env });
    expectOneLine(result, 2, line);
    expect(result.stderr).not.toContain(PASSWORD);
  });

  it('says that the store does not answer, and ends with 3', async () => {
    const env = { CACHE_PROVIDER: 'redis', REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:1` };
    for (const args of [
      ['inspect', 'users:7'],
      ['journal', 'tail'],
    ]) {
      const result = await vitalcache(args, { env });
      expectOneLine(result, 3, /127\.0\.0\.1:1.*ECONNREFUSED.*Check that it runs/);
      expect(result.stderr).not.toContain(PASSWORD);
    }
  });

  it('reads variables from a file, behind those of the process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitalcache-cli-'));
    await writeFile(join(folder, '.env'), 'CACHE_PROVIDER=redis\nREDIS_PORT=1\n');
    const args = ['inspect', 'a', '--env', '.env'];
    expectOneLine(await vitalcache(args, { cwd: folder }), 3, /localhost:1/);
    const env = { REDIS_PORT: '2' };
    expectOneLine(await vitalcache(args, { cwd: folder, env }), 3, /localhost:2/);
  });

  it('prints no colours into a pipe, and colours if they are forced', async () => {
    const cwd = join(__dirname, 'fixtures/shop');
    const plain = await vitalcache(['lint'], { cwd });
    expect(plain.stdout).not.toContain('\u001b');
  });
});

describe('vitalcache lint', () => {
  const cwd = join(__dirname, 'fixtures');

  it('finds what has no ttl, no tag, or no invalidation, and nothing else', async () => {
    const { code, stdout } = await vitalcache(['lint', 'shop'], { cwd });
    expect(stdout).toMatchSnapshot();
    expect(code).toBe(1);
  });

  it('says the same to machines', async () => {
    const { code, stdout } = await vitalcache(['lint', 'shop', '--json'], { cwd });
    const { findings, uses } = JSON.parse(stdout) as { findings: object[]; uses: number };
    expect(code).toBe(1);
    expect(uses).toBe(6);
    expect(findings).toMatchObject([
      { file: 'shop/users.service.ts', line: 11, rule: 'ttl' },
      { file: 'shop/users.service.ts', line: 16, rule: 'tag' },
      { file: 'shop/users.service.ts', line: 21, rule: 'invalidation' },
    ]);
  });

  it('says nothing of what it can not tell, nor of what is not the cache', async () => {
    const { code, stdout, stderr } = await vitalcache(['lint', 'clean'], { cwd });
    expect([code, stdout, stderr]).toEqual([0, 'Nothing to say of 3 cached uses in 1 file\n', '']);
  });

  it('finds nothing to say of the demo', async () => {
    const demo = join(__dirname, '../../../apps/demo-clinic');
    const { code, stdout } = await vitalcache(['lint'], { cwd: demo });
    expect(stdout).toMatch(/^Nothing to say of \d+ cached uses/);
    expect(code).toBe(0);
  });
});
