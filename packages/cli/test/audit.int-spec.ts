import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  FileAuditAnchor,
  FileAuditSink,
  PhiAudit,
  type AuditEvent,
} from '@vitalcache/healthcare-phi';

import { expectOneLine, vitalcache } from './support/vitalcache.js';

const READ: AuditEvent = {
  event: 'read',
  action: 'R',
  outcome: 0,
  actor: 'dr-bob',
  tenant: 'default',
  patientId: 'patient-7',
  template: 'patient:{patientId}:records',
  level: 'restricted',
  purpose: 'TREAT',
};

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

  describe('of a log', () => {
    beforeEach(async () => {
      await run('keygen', '--out', 'audit');
      const audit = new PhiAudit({
        sink: new FileAuditSink({ directory: join(cwd, 'log') }),
        signingKey: { file: join(cwd, 'audit.pem') },
        anchor: new FileAuditAnchor(join(cwd, 'anchor')),
        spoolDirectory: join(cwd, 'spool'),
        node: 'test',
      });
      await audit.start();
      await audit.record(READ);
      await audit.record({ ...READ, actor: 'eve', event: 'authz-deny', outcome: 8 });
      await audit.record({ ...READ, patientId: 'patient-8', grantId: 'g-1', purpose: 'BTG' });
      await audit.close();
    });
    const KEY = ['--public-key', 'audit.pub.pem'];
    const stable = (text: string): string =>
      text
        .replace(/audit\.[\w.-]+\.jsonl/g, '<file>')
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');

    it('verify says that it is intact, by its file of keys or the keyring’s', async () => {
      const { code, stdout, stderr } = await run('verify', 'log', ...KEY);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^intact: 5 records, \d+ checkpoints?, 1 chain, 1 file$/m);
      const env = { CACHE_AUDIT_FILE: 'log' };
      expect((await vitalcache(['audit', 'verify', ...KEY], { cwd, env })).code).toBe(0);
    });

    it('verify names file and line of a byte that was changed, and ends with 1', async () => {
      const [name = ''] = (await readdir(join(cwd, 'log'))).filter((one) => one.endsWith('jsonl'));
      const path = join(cwd, 'log', name);
      const lines = (await readFile(path, 'utf8')).split('\n');
      const at = lines.findIndex((line) => line.includes('"eve"'));
      lines[at] = (lines[at] ?? '').replace('"eve"', '"eva"');
      await writeFile(path, lines.join('\n'));
      const { code, stdout } = await run('verify', 'log', ...KEY);
      expect(stdout).toContain(`${name}:${at + 1} `);
      expect(stdout).toMatch(/^damaged: /m);
      expect(code).toBe(1);
      const found = await run('verify', 'log', ...KEY, '--json');
      expect(JSON.parse(found.stdout)).toMatchObject({ verdict: 'damaged' });
    });

    it('verify sees by an anchor that the end was cut off', async () => {
      const names = await readdir(join(cwd, 'log'));
      const path = join(cwd, 'log', names.find((one) => one.endsWith('jsonl')) ?? '');
      const lines = (await readFile(path, 'utf8')).split('\n');
      await rm(`${path}.digest`);
      const end = lines.findIndex((line) => line.startsWith('{"c"')) + 1;
      await writeFile(path, `${lines.slice(0, end).join('\n')}\n`);
      expect((await run('verify', 'log', ...KEY)).code).toBe(0);
      const { code, stdout } = await run('verify', 'log', ...KEY, '--anchor', 'anchor');
      expect(stdout).toContain('(tail-cut)');
      expect(code).toBe(1);
      expect((await run('verify', 'log', ...KEY, '--anchor', 'none')).code).toBe(2);
    });

    it('verify takes neither a log that is not there nor an anchor that has nothing for intact', async () => {
      await writeFile(join(cwd, 'empty'), '');
      const env = { CACHE_AUDIT_FILE: 'log/clinic.jsonl' };
      for (const { code, stdout } of [
        await run('verify', 'log', ...KEY, '--anchor', 'empty'),
        await run('verify', 'log/clinic.jsonl', ...KEY),
        await vitalcache(['audit', 'verify', ...KEY], { cwd, env }),
      ]) {
        expect(stdout).toMatch(/anchor has no checkpoint|no file of it that begins with clinic/);
        expect(stdout).toMatch(/^unverifiable: /m);
        expect(code).toBe(2);
      }
      expect((await run('verify', 'log/audit.jsonl', ...KEY)).code).toBe(0);
    });

    it('verify takes no other key', async () => {
      await run('keygen', '--out', 'other');
      const { code, stdout } = await run('verify', 'log', '--public-key', 'other.pub.pem');
      expect(code).not.toBe(0);
      expect(stdout).not.toMatch(/^intact/m);
    });

    it('report tells who did what', async () => {
      const { code, stdout } = await run('report', 'log', '--patient', 'patient-7');
      expect(stable(stdout)).toMatchSnapshot();
      expect(code).toBe(0);
    });

    it('report tells of overridden policies, and of failures, to machines', async () => {
      const btg = await run('report', 'log', '--btg', '--json');
      const failures = await run('report', 'log', '--failures', '--json');
      expect(JSON.parse(btg.stdout)).toMatchObject({ events: 1, byPurpose: { BTG: 1 } });
      expect(JSON.parse(failures.stdout)).toMatchObject({ events: 1, byActor: { eve: 1 } });
    });

    it('export writes AuditEvents of FHIR', async () => {
      const { code, stdout, stderr } = await run('export', 'log', '--fhir', '--to', '2999-01-01');
      const events = stdout.trimEnd().split('\n');
      expect([code, stderr]).toEqual([0, '5 events exported\n']);
      expect(JSON.parse(events[1] ?? '')).toMatchObject({ resourceType: 'AuditEvent' });
      const bundle = await run('export', 'log', '--fhir', '--format', 'bundle', '--patient', 'x');
      expect(JSON.parse(bundle.stdout)).toEqual({
        resourceType: 'Bundle',
        type: 'batch',
        entry: [],
      });
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
