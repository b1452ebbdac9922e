import { chmodSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';

import { FakeClock } from '@vitalcache/testing';

import {
  AuditDirectory,
  KEYS,
  LogWriter,
  READ,
  SIGNER,
} from '../../test/support/audit-log.fixture.js';
import { verifyAudit } from '../audit-trail/verify-audit.js';
import { FileAuditSink, type FileAuditSinkOptions } from './file.sink.js';
import { DEFAULT_RETENTION_MS } from './retention.js';

const SESSION = { node: 'n1', chain: '00000000-0000-4000-8000-000000000000', signer: SIGNER };
const DAY_MS = 86_400_000;

describe('FileAuditSink', () => {
  const directory = new AuditDirectory();
  let log: AuditDirectory;
  const writers: LogWriter[] = [];

  beforeEach(() => {
    log = new AuditDirectory();
  });
  afterEach(async () => {
    await Promise.allSettled(writers.splice(0).map((writer) => writer.close()));
    log.dispose();
  });
  afterAll(() => directory.dispose());

  const writer = (options: ConstructorParameters<typeof LogWriter>[1] = {}) => {
    const made = new LogWriter(log.path, options);
    writers.push(made);
    return made.open();
  };
  const open = (options: Partial<FileAuditSinkOptions> = {}) =>
    new FileAuditSink({ directory: log.path, ...options }).open(SESSION);

  describe('who may read and write', () => {
    it('makes files and digests that only their owner can read, in a directory of the same kind', async () => {
      rmSync(log.path, { recursive: true });
      const made = await writer();
      await (await made.records(1)).checkpoint();
      await made.close();

      expect(statSync(log.path).mode & 0o777).toBe(0o700);
      expect(log.all).toHaveLength(2);
      for (const name of log.all) {
        expect(statSync(join(log.path, name)).mode & 0o777).toBe(0o600);
      }
    });

    it('refuses a directory that is a link', async () => {
      const link = join(directory.path, 'link');
      symlinkSync(log.path, link);

      await expect(open({ directory: link })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('symbolic link'),
      });
    });

    it('refuses a directory that everybody may write to', async () => {
      chmodSync(log.path, 0o777);

      await expect(open()).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('0700'),
      });
    });

    it('writes to no file that is there already, and through no link', async () => {
      const made = await writer();
      const target = join(directory.path, 'target');
      // Whoever guesses the name of the next file gets nowhere.
      const stamp = new Date(made.clock.now() + 10).toISOString().replace(/[-:.]/g, '');
      symlinkSync(target, join(log.path, `audit.${stamp}.${made.chain.id}.0001.jsonl`));

      await expect(made.records(1)).rejects.toMatchObject({ code: 'EEXIST' });
      expect(readdirSync(directory.path)).not.toContain('target');
    });

    it.each(['../x', 'a b', ''])('refuses to be called %j', (name) => {
      expect(() => new FileAuditSink({ directory: log.path, name })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
    });
  });

  describe('append', () => {
    it('says whether lines are on the disk: when somebody waits, and at a checkpoint', async () => {
      const made = await writer();
      const line = () => made.chain.link(READ);

      expect(await made.sink.append({ lines: [line()], isDurable: false })).toBe(false);
      expect(await made.sink.append({ lines: [line()], isDurable: true })).toBe(true);
    });

    it('does not write twice what comes again', async () => {
      const made = await writer();
      const lines = [1, 2, 3].map(() => made.chain.link(READ));
      await made.sink.append({ lines: lines.slice(0, 2), isDurable: true });
      await made.sink.append({ lines, isDurable: true });

      expect(log.lines()).toEqual(lines.map(({ text }) => text));
    });

    it('knows after a start what it wrote of another chain, and adds the rest in a file of its own', async () => {
      const crashed = await writer();
      const lines = Array.from({ length: 4 }, () => crashed.chain.link(READ));
      await crashed.sink.append({ lines: lines.slice(0, 2), isDurable: true });
      const next = await writer({ clock: new FakeClock(crashed.clock.now() + 1) });
      await next.sink.append({ lines, isDurable: true });

      expect(log.files).toHaveLength(2);
      expect(log.files.filter((name) => name.startsWith('audit-recovered'))).toHaveLength(1);
      expect(await next.sink.head(crashed.chain.id)).toMatchObject({ seq: 4 });
    });

    it('notices that its file was removed, and begins another', async () => {
      const made = await writer();
      await made.records(1);
      await made.sink.flush();
      rmSync(join(log.path, log.files[0]!));
      const line = made.chain.link(READ);

      await expect(made.sink.append({ lines: [line], isDurable: true })).rejects.toThrow(
        'was removed while it was open',
      );
      expect(made.sink.health().isUp).toBe(false);
      expect(await made.sink.append({ lines: [line], isDurable: true })).toBe(true);
      expect(log.lines()).toEqual([line.text]);
    });

    it('says that its file was cut, and writes what it has into another; what is missing is found', async () => {
      const made = await writer();
      await made.records(3);
      truncateSync(join(log.path, log.files[0]!));
      const line = made.chain.link(READ);
      await expect(made.sink.append({ lines: [line], isDurable: true })).rejects.toThrow(
        'was cut while it was open',
      );
      expect(made.sink.health().isUp).toBe(false);
      expect(await made.sink.append({ lines: [line], isDurable: true })).toBe(true);
      expect(log.files.map((name) => log.read(name)).join('')).toBe(`${line.text}\n`);
      await made.close();
      const { verdict, findings } = await verifyAudit(log.path, KEYS.publicKey);
      expect(verdict).toBe('damaged');
      expect(findings.map(({ kind }) => kind)).toContain('missing-records');
    });
  });

  describe('rotation', () => {
    it.each([
      ['size', { maxFileBytes: 2_000 }, 1],
      ['time', { maxFileAgeMs: DAY_MS }, DAY_MS / 2],
    ])(
      'begins a new file by %s, after a checkpoint, with a digest for the old',
      async (_, options, ms) => {
        const made = await writer(options);
        for (let i = 0; i < 10; i++) {
          await (await made.records(1)).checkpoint();
          made.advance(ms);
        }
        await made.close();

        expect(log.files.length).toBeGreaterThan(2);
        expect(log.all.filter((name) => name.endsWith('.digest'))).toHaveLength(log.files.length);
        for (const name of log.files) expect(log.lines(name).at(-1)).toMatch(/^\{"c":/);
        const clock = made.clock;
        expect(await verifyAudit(log.path, KEYS.publicKey, { clock })).toMatchObject({
          exitCode: 0,
          findings: [],
        });
      },
    );

    it('finds a digest without a file when somebody removed one', async () => {
      const made = await writer({ maxFileBytes: 1 });
      await (await made.records(1)).checkpoint();
      rmSync(join(log.path, log.files[0]!));

      expect(await verifyAudit(log.path, KEYS.publicKey, { clock: made.clock })).toMatchObject({
        exitCode: 1,
        findings: [{ kind: 'file-missing' }],
      });
    });
  });

  describe('retention', () => {
    const rotated = async (retention: FileAuditSinkOptions['retention'], ageMs: number) => {
      const made = await writer({ maxFileBytes: 1, ...(retention ? { retention } : {}) });
      await (await made.records(1)).checkpoint();
      made.advance(ageMs);
      await (await made.records(1)).checkpoint();
      return log.files.length;
    };

    it('keeps files for six years by default, and then too unless removal is asked for', async () => {
      expect(await rotated(undefined, 10 * DEFAULT_RETENTION_MS)).toBe(2);
    });

    it('removes nothing a moment before its time', async () => {
      expect(await rotated({ removeExpired: true }, DEFAULT_RETENTION_MS - 10)).toBe(2);
    });

    it('removes a file after its time, keeps its digest, and the log is intact', async () => {
      expect(await rotated({ removeExpired: true }, DEFAULT_RETENTION_MS)).toBe(1);
      expect(log.all.filter((name) => name.endsWith('.digest'))).toHaveLength(2);
      const clock = writers[0]!.clock;
      expect(await verifyAudit(log.path, KEYS.publicKey, { clock })).toMatchObject({
        exitCode: 0,
        findings: [{ severity: 'note', kind: 'expired' }],
      });
    });

    it.each([
      ['nobody says why', { keepMs: DEFAULT_RETENTION_MS - 1 }],
      ['the reason is empty', { keepMs: DAY_MS, allowShorterBecause: ' ' }],
      ['it is none', { keepMs: 0, allowShorterBecause: 'test' }],
      ['it is no number', { keepMs: NaN, allowShorterBecause: 'test' }],
    ])('refuses less than six years when %s', (_, retention) => {
      expect(() => new FileAuditSink({ directory: log.path, retention })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
    });

    it('takes less when somebody says why, which the log then tells', () => {
      const retention = { keepMs: DAY_MS, allowShorterBecause: 'demo data, decided by A. B.' };
      const sink = new FileAuditSink({ directory: log.path, retention });

      expect(sink.describe()).toMatchObject(retention);
    });
  });

  describe('a disk that is full', () => {
    it('leaves no torn line behind when there is room again', async () => {
      const made = await writer();
      await made.records(1);
      const other = await openFile(join(log.path, log.files[0]!), 'r');
      const handles = Object.getPrototypeOf(other) as typeof other;
      await other.close();
      const write = jest.spyOn(handles, 'write').mockImplementationOnce(async function (
        this: typeof other,
      ) {
        write.mockRestore();
        await this.write('{"h":"to');
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      });
      const line = made.chain.link(READ);

      await expect(made.sink.append({ lines: [line], isDurable: false })).rejects.toMatchObject({
        code: 'ENOSPC',
      });
      expect(made.sink.health()).toEqual({ isUp: false, reason: 'ENOSPC' });
      await made.sink.append({ lines: [line], isDurable: true });

      expect(log.lines()[1]).toBe(line.text);
      expect(log.lines()).toHaveLength(2);
    });
  });
});
