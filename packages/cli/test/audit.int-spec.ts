import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expectOneLine, vitalcache } from './support/vitalcache.js';

describe('vitalcache audit', () => {
  let cwd: string;
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'vitalcache-audit-'));
  });
  const run = (...args: string[]) => vitalcache(['audit', ...args], { cwd });

  describe('keygen', () => {
    it('makes a pair in files, the private one for its owner alone, and prints neither', async () => {
      const { code, stdout, stderr } = await run('keygen', '--out', 'audit', '--json');
      expect([code, stderr]).toEqual([0, '']);
      const { keyId } = JSON.parse(stdout) as { keyId: string };
      expect(keyId).not.toBe('');
      const secret = await readFile(join(cwd, 'audit.pem'), 'utf8');
      expect(secret).toMatch(/^-----BEGIN PRIVATE KEY-----/);
      expect((await stat(join(cwd, 'audit.pem'))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(cwd, 'audit.pub.pem'), 'utf8')).toMatch(/BEGIN PUBLIC KEY/);
      expect(stdout).not.toContain(secret.split('\n')[1]);
    });

    it('never writes over a key', async () => {
      await run('keygen', '--out', 'audit');
      expectOneLine(await run('keygen', '--out', 'audit'), 2, /audit\.pem exists/);
      expectOneLine(await run('keygen'), 2, /required option '--out/);
    });
  });

  it.each<[string, string[], RegExp]>([
    ['no directory', ['verify'], /Give the directory .*CACHE_AUDIT_FILE/],
    ['one that there is not', ['report', 'nowhere'], /nowhere is no directory/],
    ['no key', ['verify', '.'], /--public-key, or the keyring in CACHE_KEYRING_FILE/],
    ['a key that is none', ['verify', '.', '--public-key', 'none.pem'], /none\.pem/],
    ['an export of no form', ['export', '.'], /required option '--fhir'/],
    ['a format that there is not', ['export', '.', '--fhir', '--format', 'xml'], /ndjson, bundle/],
    ['a time that is none', ['report', '.', '--from', 'noon'], /--from is "noon"; accepted/],
  ])('refuses %s in one line', async (_, args, line) => {
    expectOneLine(await run(...args), 2, line);
  });
});
