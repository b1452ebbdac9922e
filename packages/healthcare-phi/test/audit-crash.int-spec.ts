import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PhiAudit } from '../src/audit/phi.audit.js';
import { FileAuditSink } from '../src/audit-sinks/file.sink.js';
import { reportAudit } from '../src/audit-trail/report-audit.js';
import { verifyAudit } from '../src/audit-trail/verify-audit.js';
import { AuditDirectory, KEYS } from './support/audit-log.fixture.js';

const WORKER = join(__dirname, 'audit-crash-worker.mjs');

describe('an audit whose process is killed in the middle of its writes', () => {
  const [log, spool, keys] = [new AuditDirectory(), new AuditDirectory(), new AuditDirectory()];
  const keyFile = join(keys.path, 'key.pem');
  beforeAll(() => writeFileSync(keyFile, KEYS.privateKey, { mode: 0o600 }));
  afterAll(() => [log, spool, keys].forEach((each) => each.dispose()));

  /** Resolves with the reads that were served, once the process is gone. */
  const killedAfter = async (reads: number): Promise<string[]> => {
    const child = spawn(process.execPath, [WORKER, log.path, spool.path, keyFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (told.split('\n').length > reads) child.kill('SIGKILL');
    });
    await once(child, 'close');
    return told.split('\n').slice(0, -1);
  };

  it('has every read that was served in its log, and the log is found intact by the next', async () => {
    const served: string[] = [];
    for (const reads of [1, 300, 2_000]) served.push(...(await killedAfter(reads)));
    const audit = new PhiAudit({
      sink: new FileAuditSink({ directory: log.path }),
      signingKey: KEYS.privateKey,
      spoolDirectory: spool.path,
      node: 'crashing',
    });
    await audit.start();
    await audit.close();

    const { records } = await reportAudit(log.path);
    const recorded = new Set(records.map(({ record }) => record.request));
    const { exitCode, findings, chains } = await verifyAudit(log.path, KEYS.publicKey);

    expect(served.length).toBeGreaterThan(2_300);
    expect(served.filter((id) => !recorded.has(id))).toEqual([]);
    expect({ exitCode, chains }).toEqual({ exitCode: 0, chains: 4 });
    expect(findings.every(({ severity }) => severity === 'note')).toBe(true);
    expect(spool.all).toEqual([]);
  });
});
