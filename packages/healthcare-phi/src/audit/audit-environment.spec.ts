import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EnvironmentReader } from '@vitalcache/core';

import { AuditDirectory, KEYS, READ } from '../../test/support/audit-log.fixture.js';
import { MemoryAuditSink } from '../audit-sinks/memory.sink.js';
import { verifyAudit } from '../audit-trail/verify-audit.js';
import { auditFromEnvironment, auditPaths, readAuditEnvironment } from './audit-environment.js';

describe('auditFromEnvironment', () => {
  const directory = new AuditDirectory();
  const file = join(directory.path, 'phi.jsonl');
  afterAll(() => directory.dispose());

  it('reads CACHE_AUDIT_FILE', () => {
    const reader = new EnvironmentReader({ CACHE_AUDIT_FILE: ' /var/log/audit.jsonl ' });

    expect(readAuditEnvironment(reader)).toBe('/var/log/audit.jsonl');
    expect(reader.known).toContain('CACHE_AUDIT_FILE');
    expect(readAuditEnvironment(new EnvironmentReader({}))).toBeUndefined();
  });

  it.each([
    ['/var/log/phi.jsonl', '/var/log', 'phi'],
    ['/var/log/phi', '/var/log', 'phi'],
    ['/var/log/', '/var/log/', 'audit'],
    [directory.path, directory.path, 'audit'],
  ])('takes %s for files in %s that begin with %s', (path, folder, name) => {
    expect(auditPaths(path)).toEqual({
      directory: folder,
      name,
      keyFile: join(folder, `${name}.key`),
      spoolDirectory: join(folder, `${name}.spool`),
    });
  });

  it.each([
    ['no sink', undefined, {}, 'CACHE_AUDIT_FILE'],
    ['a sink without a key', undefined, { sink: new MemoryAuditSink() }, 'signingKey'],
    [
      'a sink and a key without a place to spool',
      undefined,
      { sink: new MemoryAuditSink(), signingKey: KEYS.privateKey },
      'spoolDirectory',
    ],
    ['a file without a key beside it', file, {}, 'vitalcache audit keygen'],
  ])('says what to do with %s', (_, path, options, remedy) => {
    expect(() => auditFromEnvironment(path, options)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(remedy) }),
    );
  });

  it('refuses a key that others can read', () => {
    writeFileSync(join(directory.path, 'open.key'), KEYS.privateKey, { mode: 0o644 });

    expect(() => auditFromEnvironment(join(directory.path, 'open.jsonl'))).toThrow('0600');
  });

  it('keeps a log beside its key, which is found intact', async () => {
    writeFileSync(join(directory.path, 'phi.key'), KEYS.privateKey, { mode: 0o600 });
    const audit = auditFromEnvironment(file);
    await audit.start();
    await audit.record({ ...READ, level: 'restricted' });
    await audit.close();

    expect(await verifyAudit(directory.path, KEYS.publicKey)).toMatchObject({
      exitCode: 0,
      findings: [],
      records: 3,
    });
  });
});
