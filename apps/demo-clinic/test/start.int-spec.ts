import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

import { until } from '@vitalcache/testing';

const MAIN = join(__dirname, '../dist/main.js');
const QUICK = { DEMO_DATA_DIR: 'memory:', DEMO_PATIENTS: '10', PORT: '0' };

/** Runs the built demo until it ends. */
function start(
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; errors: string }> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [MAIN], { env: { PATH, ...QUICK, ...env } });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
  child.stdout.resume();
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, errors })));
}

describe('npm start with something wrong', () => {
  it.each([
    [{ PORT: '99999' }, 'PORT', '0 to 65535'],
    [{ DEMO_PATIENTS: 'many' }, 'DEMO_PATIENTS', '10 to 10000'],
    [{ CACHE_DEFAULT_TTL: 'soon' }, 'CACHE_DEFAULT_TTL', 'whole number'],
    [{ CACHE_ENABLE_METRICS: 'maybe' }, 'CACHE_ENABLE_METRICS', 'true, false, 1 or 0'],
    [{ CACHE_CONNECTION_POOL_SIZE: '0' }, 'CACHE_CONNECTION_POOL_SIZE', 'whole number'],
    [{ CACHE_PROVIDER: 'mongo' }, 'CACHE_PROVIDER', 'accepted: memory, redis'],
    [{ CACHE_PROVIDER: 'redis', REDIS_PORT: '70000' }, 'REDIS_PORT', '65535'],
    [
      { CACHE_PROVIDER: 'redis', REDIS_URL: 'redis://localhost:1', REDIS_HOST: 'other' },
      'REDIS_URL',
      'REDIS_HOST',
    ],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL', 'postgres://'],
    [{ DEMO_DATA_DIR: '/proc/nowhere' }, 'DEMO_DATA_DIR', 'may write to'],
    [{ DEMO_KEYS_DIR: '/dev/null' }, 'DEMO_KEYS_DIR', 'may write to'],
    [{ CACHE_KEYRING: '{}' }, 'CACHE_KEYRING', 'keyring'],
    [{ CACHE_LAB_RESULTS_TTL: 'long' }, 'CACHE_LAB_RESULTS_TTL', 'whole number'],
    [{ CACHE_KEY_STORE_URL: 'mysql://x' }, 'CACHE_KEY_STORE_URL', 'redis:'],
    [{ HOST: '192.0.2.1' }, 'HOST', 'an address of this machine'],
  ])(
    'exits 1 with one line for %o',
    async (env, variable, accepted) => {
      const { code, errors } = await start(env);
      const lines = errors
        .trim()
        .split('\n')
        .filter((line) => !line.includes('seed'));
      expect(code).toBe(1);
      expect(lines.at(-1)).toContain(variable);
      expect(lines.at(-1)).toContain(accepted);
      expect(errors).not.toMatch(/\n\s+at /);
    },
    60_000,
  );

  it('says which port is taken and how to take another', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = String((other.address() as AddressInfo).port);
    try {
      const { code, errors } = await start({ PORT: port });
      expect(code).toBe(1);
      expect(errors).toMatch(new RegExp(`${port}.*PORT`));
      expect(errors).not.toMatch(/\n\s+at /);
    } finally {
      other.close();
    }
  }, 60_000);
});

describe('npm start with nothing set', () => {
  it('says where it is, and warns of nothing', async () => {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [MAIN], { env: { PATH, ...QUICK } });
    let output = '';
    const heard = (chunk: Buffer): void => void (output += String(chunk));
    child.stdout.on('data', heard);
    child.stderr.on('data', heard);
    try {
      await until('it is open', () => /Ctrl-C closes it/.test(output), 60_000);
      expect(output).not.toMatch(/WARN|ERROR|warn|error|without effect/);
    } finally {
      child.kill();
      await new Promise((resolve) => child.on('close', resolve));
    }
  }, 90_000);
});
