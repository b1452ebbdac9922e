import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { AuditDirectory } from '../../test/support/audit-log.fixture.js';
import { auditPaths } from './audit-paths.js';

describe('auditPaths', () => {
  const directory = new AuditDirectory();
  const dotted = join(directory.path, 'audit.d');
  beforeAll(() => mkdirSync(dotted));
  afterAll(() => directory.dispose());

  it.each([
    ['/var/audit/app', '/var/audit/app', 'audit'],
    ['/var/audit/app.jsonl', '/var/audit', 'app'],
    ['/var/audit.d/', '/var/audit.d', 'audit'],
    [dotted, dotted, 'audit'],
  ])('takes %s for files in %s that begin with %s', (path, folder, name) => {
    expect(auditPaths(path)).toEqual({
      directory: folder,
      name,
      spoolDirectory: `${folder}-spool`,
    });
  });
});
