import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { FakeClock } from '@vitalcache/testing';

import {
  AuditDirectory,
  KEYS,
  LogWriter,
  SIGNER,
  type LogWriterOptions,
} from '../../test/support/audit-log.fixture.js';
import { generateAuditKeys, readSigningKey } from '../audit/audit-keys.js';
import { recordLine } from '../audit/audit-line.js';
import type { AuditRecord } from '../audit/audit-record.js';
import { LocalAuditSigner } from '../audit/audit.signer.js';
import { DEFAULT_RETENTION_MS } from '../audit-sinks/retention.js';
import { verifyAudit, type VerifyAuditOptions } from './verify-audit.js';

interface Written {
  readonly h: string;
  readonly r: AuditRecord;
}

describe('verifyAudit', () => {
  let directory: AuditDirectory;
  const writers: LogWriter[] = [];

  beforeEach(() => {
    directory = new AuditDirectory();
  });
  afterEach(async () => {
    await Promise.allSettled(writers.splice(0).map((log) => log.close()));
    directory.dispose();
  });

  const verify = (options?: VerifyAuditOptions) =>
    verifyAudit(directory.path, KEYS.publicKey, { clock: new FakeClock(), ...options });
  const writer = (options?: LogWriterOptions, path = directory.path) => {
    const log = new LogWriter(path, options);
    writers.push(log);
    return log.open();
  };
  /** Lines 1 to 5 and 7 to 9 are records; 6 and 10 are checkpoints. */
  const written = async () => {
    const log = await writer();
    await (await log.records(5)).checkpoint();
    return (await log.records(3)).checkpoint();
  };
  const file = () => directory.files[0];
  const anchorOf = (log: LogWriter) => ({ read: async () => log.anchored });

  it('finds a log that nobody touched intact, and tells how much it read', async () => {
    const log = await (await written()).close();

    expect(await verify({ anchor: anchorOf(log) })).toEqual({
      verdict: 'intact',
      exitCode: 0,
      findings: [],
      files: 1,
      chains: 1,
      records: 8,
      checkpoints: 2,
    });
  });

  it('follows a chain through several files, and chain after chain', async () => {
    const first = await writer({ maxFileBytes: 1 });
    await (await first.records(3)).checkpoint();
    await (await first.records(3)).checkpoint();
    await first.close();
    const head = await first.sink.head(first.chain.id);
    const second = await writer({ clock: first.clock });
    await (await second.records(2, {}, head ?? undefined)).checkpoint();
    await second.close();

    expect(directory.files).toHaveLength(3);
    expect(await verify()).toMatchObject({ exitCode: 0, findings: [], files: 3, chains: 2 });
  });

  it('names file and line of a byte that was flipped, wherever it is in a record', async () => {
    await written();
    const original = directory.read();
    const start = original.indexOf('\n') + 1;
    const end = original.indexOf('\n', start);
    for (let at = start; at < end; at += 7) {
      const bytes = Buffer.from(original);
      bytes[at]! ^= 1;
      directory.write(file()!, bytes);
      const { exitCode, findings } = await verify();

      expect({ at, exitCode }).toEqual({ at, exitCode: 1 });
      expect(findings[0]).toMatchObject({ severity: 'damage', file: file(), line: 2 });
    }
  });

  it('blames the one line that was edited, and none after it', async () => {
    await written();
    directory.edit((lines) => lines.with(2, lines[2]!.replace('dr-1', 'dr-2')));

    const { findings, exitCode } = await verify();

    expect(exitCode).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({ kind: 'edited-line', file: file(), line: 3 }),
    ]);
  });

  it('finds a record that was changed together with its own hash, by the record after it', async () => {
    await written();
    directory.edit((lines) => {
      const [before, after] = [lines[1]!, lines[2]!].map((line) => JSON.parse(line) as Written);
      const forged = recordLine({ ...after!.r, actor: 'dr-9' }, before!.h);
      return lines.with(2, forged.text);
    });

    expect(await verify()).toMatchObject({
      exitCode: 1,
      findings: [{ kind: 'edited-line', file: file(), line: 4 }],
    });
  });

  it('finds every flipped byte of a checkpoint', async () => {
    await written();
    const original = directory.read();
    const start = original.indexOf('{"c"');
    const end = original.indexOf('\n', start);
    for (let at = start; at < end; at += 5) {
      const bytes = Buffer.from(original);
      bytes[at]! ^= 1;
      directory.write(file()!, bytes);

      const { exitCode, findings } = await verify();

      expect({ at, exitCode }).toEqual({ at, exitCode: 1 });
      expect(findings[0]).toMatchObject({ severity: 'damage', line: 6 });
    }
  });

  it('finds a line that was deleted, and says which record it was', async () => {
    await written();
    directory.edit((lines) => lines.toSpliced(3, 1));

    expect(await verify()).toMatchObject({
      exitCode: 1,
      findings: [
        { kind: 'missing-records', line: 4, message: expect.stringContaining('record 4 of') },
      ],
    });
  });

  it('finds a checkpoint that was deleted', async () => {
    await written();
    directory.edit((lines) => lines.toSpliced(5, 1));

    expect(await verify()).toMatchObject({
      exitCode: 1,
      findings: [{ kind: 'checkpoint-missing', line: 9 }],
    });
  });

  it('finds two lines that were swapped', async () => {
    await written();
    directory.edit((lines) => lines.with(1, lines[2]!).with(2, lines[1]!));

    expect(await verify()).toMatchObject({
      exitCode: 1,
      findings: [{ kind: 'out-of-order', line: 3 }],
    });
  });

  it('notes a last line that is torn, and goes on', async () => {
    await written();
    directory.write(file()!, directory.read() + directory.lines()[0]!.slice(0, 50));

    expect(await verify()).toMatchObject({
      verdict: 'intact',
      exitCode: 0,
      records: 8,
      findings: [{ severity: 'note', kind: 'torn-line', file: file(), line: 11 }],
    });
  });

  it('notes records at the end that no checkpoint vouches for yet, as a crash leaves them', async () => {
    await (await written()).records(2);

    expect(await verify()).toMatchObject({
      exitCode: 0,
      findings: [{ severity: 'note', kind: 'unsigned-tail' }],
    });
  });

  it('calls a chain without any checkpoint damaged', async () => {
    await (await writer()).records(2);

    expect(await verify()).toMatchObject({ exitCode: 1, findings: [{ kind: 'unsigned-records' }] });
  });

  it('finds a tail that was cut before an anchored checkpoint', async () => {
    const log = await written();
    directory.edit((lines) => lines.slice(0, 7));

    expect(await verify({ anchor: anchorOf(log) })).toMatchObject({
      exitCode: 1,
      findings: expect.arrayContaining([
        expect.objectContaining({
          kind: 'tail-cut',
          message: expect.stringContaining('knows of record 8'),
        }),
      ]),
    });
  });

  it('can see neither a tail cut after the last anchored checkpoint, nor any without an anchor', async () => {
    const log = await written();
    await (await log.records(2)).checkpoint({ anchor: false });
    directory.edit((lines) => lines.slice(0, 10));

    expect(await verify({ anchor: anchorOf(log) })).toMatchObject({ exitCode: 0 });

    directory.edit((lines) => lines.slice(0, 6));

    expect(await verify()).toMatchObject({ exitCode: 0 });
  });

  it('finds a tail cut from a file that was closed, by its digest', async () => {
    await (await written()).close();
    directory.edit((lines) => lines.slice(0, 6));

    expect(await verify()).toMatchObject({ exitCode: 1, findings: [{ kind: 'digest-mismatch' }] });
  });

  it('finds a tail that was cut, by what the next chain says of the one before it', async () => {
    const first = await written();
    const head = await first.sink.head(first.chain.id);
    const second = await writer({ clock: first.clock });
    await (await second.records(1, {}, head ?? undefined)).checkpoint();
    directory.edit((lines) => lines.slice(0, 6), directory.files[0]);

    expect(await verify()).toMatchObject({ exitCode: 1, findings: [{ kind: 'tail-cut' }] });
  });

  it('finds a whole chain that was removed, by the anchor and by the chain after it', async () => {
    const first = await written();
    const head = await first.sink.head(first.chain.id);
    const second = await writer({ clock: first.clock });
    await (await second.records(1, {}, head ?? undefined)).checkpoint();
    rmSync(join(directory.path, directory.files[0]!));

    expect(await verify({ anchor: anchorOf(first) })).toMatchObject({ exitCode: 1 });
    expect(await verify()).toMatchObject({ exitCode: 1, findings: [{ kind: 'chain-missing' }] });
  });

  it('finds a closed file that was removed, with its digest or without', async () => {
    const log = await writer({ maxFileBytes: 1 });
    for (let i = 0; i < 3; i++) await (await log.records(2)).checkpoint();
    await log.close();
    rmSync(join(directory.path, directory.files[1]!));

    expect((await verify()).findings.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['file-missing', 'missing-records']),
    );

    rmSync(
      join(
        directory.path,
        directory.all.find((name) => name.includes('0002'))!,
      ),
    );

    expect((await verify()).findings.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['digest-missing', 'missing-records']),
    );
  });

  it('finds lines of another chain that were spliced in', async () => {
    const other = new AuditDirectory();
    await (await (await writer({}, other.path)).records(2)).checkpoint();
    await written();
    directory.edit((lines) => lines.toSpliced(2, 0, ...other.lines()));
    other.dispose();

    expect(await verify()).toMatchObject({
      exitCode: 1,
      findings: [
        { kind: 'foreign-line', line: 3, message: expect.stringContaining('2 lines after') },
      ],
    });
  });

  it('finds an old file that was played back under a newer name', async () => {
    const log = await written();
    await log.close();
    const copy = directory.files[0]!.replace('0001.jsonl', '0002.jsonl');
    copyFileSync(join(directory.path, directory.files[0]!), join(directory.path, copy));

    const { exitCode, findings } = await verify();

    expect(exitCode).toBe(1);
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'repeated-records', file: copy, line: 1 }),
      ]),
    );
  });

  it('finds a log that somebody without the key wrote anew, hashes and all', async () => {
    const log = await written();
    const forger = new LocalAuditSigner(readSigningKey(generateAuditKeys().privateKey));
    directory.dispose();
    directory = new AuditDirectory();
    const forged = await writer({ signer: forger });
    await (await forged.records(8)).checkpoint();
    await forged.close();

    const { exitCode, findings } = await verify({ anchor: anchorOf(log) });

    expect(exitCode).toBe(1);
    expect(findings.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'checkpoint-forged',
        'digest-forged',
        'unsigned-records',
        'chain-missing',
      ]),
    );
  });

  it('finds a record that was changed with all the hashes after it', async () => {
    const log = await written();
    const genuine = directory.lines();
    const other = new AuditDirectory();
    const forged = await writer({ signer: SIGNER }, other.path);
    Object.defineProperty(forged.chain, 'id', { value: log.chain.id });
    await (await forged.records(5, { actor: 'dr-9' })).checkpoint();
    directory.edit(() => [...other.lines().slice(0, 5), ...genuine.slice(5)]);
    other.dispose();

    const { exitCode, findings } = await verify();

    expect(exitCode).toBe(1);
    expect(findings[0]).toMatchObject({ kind: 'checkpoint-mismatch', line: 6 });
  });

  it('trusts several keys, those in use over the years', async () => {
    const later = generateAuditKeys();
    await (await written()).close();
    const log = await writer({ signer: new LocalAuditSigner(readSigningKey(later.privateKey)) });
    await (await log.records(1)).checkpoint();
    await log.close();

    expect(await verify()).toMatchObject({ exitCode: 1 });
    expect(await verifyAudit(directory.path, [KEYS.publicKey, later.publicKey])).toMatchObject({
      exitCode: 0,
    });
  });

  it('notes numbers that a signed audit-gap accounts for, and believes no gap that nobody signed', async () => {
    const log = await written();
    log.chain.skip();
    log.chain.skip();
    await log.records(1, { event: 'audit-gap', detail: { missing: '9-10' } });

    expect(await verify()).toMatchObject({
      exitCode: 1,
      findings: [{ kind: 'missing-records' }, { kind: 'unsigned-tail' }],
    });

    await log.checkpoint();

    expect(await verify()).toMatchObject({
      exitCode: 0,
      findings: [{ severity: 'note', kind: 'declared-gap' }],
    });
  });

  it('notes a clock that was set back, and one that was set forward', async () => {
    const log = await written();
    log.clock.advance(-60_000);
    await log.records(1);
    log.clock.advance(120_000);
    await (await log.records(1)).checkpoint();

    expect(await verify()).toMatchObject({
      exitCode: 0,
      findings: [
        { severity: 'note', kind: 'clock-back', line: 11 },
        { severity: 'note', kind: 'clock-jump', line: 12 },
      ],
    });
  });

  it('notes a file that is gone because its time was over, and no other', async () => {
    const log = await writer({ maxFileBytes: 1 });
    for (let i = 0; i < 2; i++) await (await log.records(2)).checkpoint();
    await log.close();
    rmSync(join(directory.path, directory.files[0]!));
    const later = new FakeClock(log.clock.now() + DEFAULT_RETENTION_MS + 1_000);

    expect(await verify()).toMatchObject({ exitCode: 1 });
    expect(await verify({ clock: later })).toMatchObject({
      exitCode: 0,
      findings: [{ kind: 'expired' }],
    });
  });

  it.each(['', '/nowhere'])('can say nothing of a directory without a log (%s)', async (below) => {
    expect(await verifyAudit(directory.path + below, KEYS.publicKey)).toMatchObject({
      verdict: 'unverifiable',
      exitCode: 2,
    });
  });

  it('refuses a key that is none', async () => {
    await expect(verifyAudit(directory.path, 'secret-looking')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.not.stringContaining('secret-looking'),
    });
  });
});
