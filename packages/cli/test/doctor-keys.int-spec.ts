import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { generateKeyring } from '@vitalcache/healthcare-phi';
import { describeWithRedis, startStore, type TestStore } from '@vitalcache/testing';

import { vitalcache } from './support/vitalcache.js';

interface Found {
  readonly check: string;
  readonly subject: string;
  readonly state: string;
  readonly message: string;
}

describeWithRedis(
  'vitalcache doctor, of keys',
  (store) => {
    let folder: string;
    let keys: TestStore;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'vitalcache-doctor-'));
      await writeFile(join(folder, 'ring.json'), generateKeyring(), { mode: 0o600 });
      keys = await startStore('redis', { args: ['--save', ''] });
    });
    afterAll(() => keys.stop());

    const examine = async (more: Record<string, string>) => {
      const env = {
        CACHE_PROVIDER: 'redis',
        REDIS_URL: store().url,
        CACHE_KEYRING_FILE: join(folder, 'ring.json'),
        ...more,
      };
      const { code, stdout } = await vitalcache(['doctor', '--json'], { env });
      const { findings } = JSON.parse(stdout) as { findings: Found[] };
      const stateOf = (subject: string, check: string): string | undefined =>
        findings.find((one) => one.subject === subject && one.check === check)?.state;
      return { code, stdout, findings, stateOf };
    };

    it('finds nothing wrong with a keyring and a key store of its own', async () => {
      const { stateOf, findings } = await examine({ CACHE_KEY_STORE_URL: keys.url });
      expect(stateOf('protected data', 'keyring')).toBe('ok');
      expect(stateOf('key store', 'separation')).toBe('ok');
      expect(stateOf('key store', 'persistence')).toBe('ok');
      expect(findings.filter(({ check }) => check === 'keyring')).toHaveLength(3);
    });

    it('reads the address of the key store from a file, too', async () => {
      await writeFile(join(folder, 'url'), `${keys.url}\n`, { mode: 0o600 });
      const { stateOf } = await examine({ CACHE_KEY_STORE_URL_FILE: join(folder, 'url') });
      expect(stateOf('key store', 'separation')).toBe('ok');
    });

    it.each(['127.0.0.1', 'localhost'])(
      'finds that keys are on the server of the values, also as %s and another database',
      async (host) => {
        const { port } = new URL(store().url);
        const url = `redis://${host}:${port}/7`;
        const { code, stateOf } = await examine({ CACHE_KEY_STORE_URL: url });
        expect(stateOf('key store', 'separation')).toBe('problem');
        expect(code).toBe(1);
      },
    );

    it('finds that keys are written to a disk', async () => {
      const { stateOf } = await examine({ CACHE_KEY_STORE_URL: store().url });
      expect(stateOf('key store', 'persistence')).toBe('problem');
    });

    it('ends with 3 if the key store does not answer, and names no secret', async () => {
      const url = 'redis://:hunter2-secret@127.0.0.1:1';
      const { code, stdout, stateOf } = await examine({ CACHE_KEY_STORE_URL: url });
      expect(stateOf('key store', 'reachable')).toBe('problem');
      expect(stdout).not.toContain('hunter2');
      expect(code).toBe(3);
    });

    it('writes a record beside the log, verifies it, and leaves nothing behind', async () => {
      const log = join(folder, 'log');
      const { stateOf } = await examine({ CACHE_AUDIT_FILE: log });
      expect(stateOf('audit', 'audit round trip')).toBe('ok');
      expect((await readdir(folder)).filter((name) => name.includes('doctor'))).toEqual([]);
      const { stateOf: unwritable } = await examine({ CACHE_AUDIT_FILE: '/proc/none/log' });
      expect(unwritable('audit', 'audit round trip')).toBe('problem');
    });

    it('finds that others can read the log', async () => {
      const log = join(folder, 'open');
      await mkdir(log, { mode: 0o755 });
      const { stateOf } = await examine({ CACHE_AUDIT_FILE: log });
      expect(stateOf('audit', 'audit directory')).toBe('problem');
    });

    it('warns without a key store, and of switches that are off', async () => {
      const { stateOf } = await examine({ CACHE_ENCRYPTION_ENABLED: 'false' });
      expect(stateOf('key store', 'key store')).toBe('warning');
      expect(stateOf('protected data', 'switches')).toBe('warning');
    });

    it('says what is wrong with a keyring, and repeats nothing of it', async () => {
      await writeFile(join(folder, 'bad.json'), 'secret-words', { mode: 0o600 });
      const bad = { CACHE_KEYRING_FILE: join(folder, 'bad.json') };
      const { code, stdout, findings } = await examine(bad);
      expect(findings).toContainEqual(
        expect.objectContaining({
          check: 'keyring',
          state: 'problem',
          message: expect.stringMatching(/it is not JSON/) as string,
        }),
      );
      expect(stdout).not.toContain('secret-words');
      expect(code).toBe(1);
    });
  },
  { needs: ['configure'], args: ['--appendonly', 'yes', '--maxmemory', '256mb'] },
);
