import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { AuditDirectory, LogWriter } from '../../test/support/audit-log.fixture.js';
import { FileAuditAnchor } from './file.anchor.js';

describe('FileAuditAnchor', () => {
  const directory = new AuditDirectory();
  const path = join(directory.path, 'anchor');
  afterAll(() => directory.dispose());

  it('gives back what it took, from a file for its owner alone', async () => {
    const log = await new LogWriter(directory.path).open();
    await (await log.records(1)).checkpoint();
    await (await log.records(1)).checkpoint();
    await log.close();
    for (const signed of log.anchored) await new FileAuditAnchor(path).append(signed);

    expect(await new FileAuditAnchor(path).read()).toMatchObject(log.anchored);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('rejects when it is not there, so that nothing is taken for compared', async () => {
    await expect(new FileAuditAnchor(`${path}-none`).read()).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('writes through no link', async () => {
    const link = join(directory.path, 'link');
    symlinkSync(path, link);
    const [signed] = await new FileAuditAnchor(path).read();

    await expect(new FileAuditAnchor(link).append(signed!)).rejects.toMatchObject({
      code: 'ELOOP',
    });
  });
});
