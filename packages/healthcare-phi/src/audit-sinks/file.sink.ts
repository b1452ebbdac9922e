import { join } from 'node:path';

import {
  assertOptionNames,
  CacheError,
  systemClock,
  type Clock,
  type OptionNames,
} from '@vitalcache/core';

import type { AuditLine } from '../audit/audit-line.js';
import type { AuditHead } from '../audit/audit-record.js';
import { AuditFile } from './audit.file.js';
import { auditFileName, auditFiles, ownDirectory, RECOVERED } from './audit-directory.js';
import type { AuditBatch, AuditSession, AuditSink, AuditSinkHealth } from './audit-sink.js';
import { DigestBook } from './digest.book.js';
import { headOf, lastLines } from './last-record.js';
import { runsByChain } from './runs-by-chain.js';
import { resolveRetention, type AuditRetention } from './retention.js';

export interface FileAuditSinkOptions {
  /** For the log alone; made if it isn't there. Must be neither a link nor open to everybody. */
  readonly directory: string;
  /** Begins the names of files. Default: `audit`. */
  readonly name?: string;
  /** A file of this size is closed at its next checkpoint. Default: 64 MiB. */
  readonly maxFileBytes?: number;
  /** So is one of this age. Default: a day. */
  readonly maxFileAgeMs?: number;
  readonly retention?: AuditRetention;
  readonly clock?: Clock;
}

const MAX_FILE_BYTES = 64 * 1_024 * 1_024;
const DAY_MS = 86_400_000;

const NAMES: OptionNames<FileAuditSinkOptions> = {
  directory: true,
  name: true,
  maxFileBytes: true,
  maxFileAgeMs: true,
  retention: true,
  clock: true,
};

/**
 * Keeps the log in files of JSON lines that only their owner can read, each with a signed digest once it is closed. A batch
 * is written at once, and synced to the disk if somebody waits for that or if it ends with a checkpoint.
 */
export class FileAuditSink implements AuditSink {
  readonly name = 'file';
  readonly #options: Required<FileAuditSinkOptions>;
  readonly #retention: Required<AuditRetention>;
  readonly #positions = new Map<string, number>();
  #session: AuditSession | null = null;
  #digests: DigestBook | null = null;
  #file: AuditFile | null = null;
  #part = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #trouble: string | null = null;

  /** @throws CacheError `CONFIG_INVALID` if less than six years are kept and nobody says why */
  constructor(given: FileAuditSinkOptions) {
    assertOptionNames('FileAuditSink', given, NAMES);
    const { directory, ...options } = given;
    this.#options = {
      directory,
      name: 'audit',
      maxFileBytes: MAX_FILE_BYTES,
      maxFileAgeMs: DAY_MS,
      retention: {},
      clock: systemClock,
      ...options,
    };
    this.#retention = resolveRetention(options.retention);
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(this.#options.name)) {
      throw new CacheError(
        'CONFIG_INVALID',
        'The name of the audit log must be up to 64 letters, digits, hyphens and underscores.',
      );
    }
  }

  describe(): Readonly<Record<string, string | number | boolean>> {
    const { keepMs, removeExpired, allowShorterBecause } = this.#retention;
    const facts = { keepMs, removeExpired };
    return allowShorterBecause === '' ? facts : { ...facts, allowShorterBecause };
  }

  open(session: AuditSession): Promise<void> {
    return this.#next(async () => {
      const { directory, clock } = this.#options;
      await ownDirectory(directory);
      this.#session = session;
      this.#digests = await DigestBook.open(directory, session, clock);
      await this.#removeExpired();
    });
  }

  append(batch: AuditBatch): Promise<boolean> {
    return this.#next(async () => {
      let isSynced = true;
      for (const lines of runsByChain(batch.lines)) {
        isSynced = (await this.#write(lines, batch.isDurable)) && isSynced;
      }
      return isSynced;
    });
  }

  async head(chain?: string): Promise<AuditHead | null> {
    const node = this.#session?.node;
    const files = await auditFiles(this.#options.directory);
    const own = files.filter((file) => chain === undefined || file.chain === chain).reverse();
    for (const { path } of own) {
      const found = headOf(
        await lastLines(path),
        (record) => chain !== undefined || record.node === node,
      );
      if (found) return found;
    }
    return null;
  }

  health(): AuditSinkHealth {
    return this.#trouble === null ? { isUp: true } : { isUp: false, reason: this.#trouble };
  }

  flush(): Promise<void> {
    return this.#next(async () => this.#file?.sync());
  }

  close(): Promise<void> {
    return this.#next(async () => {
      const file = this.#file;
      try {
        await this.#closeFile();
      } finally {
        if (this.#file) await file?.close(); // it could not be vouched for
        this.#file = null;
      }
    });
  }

  /** @returns whether they are on the disk */
  async #write(all: readonly AuditLine[], isDurable: boolean): Promise<boolean> {
    const { chain } = all[0] as AuditLine;
    const last = await this.#positionOf(chain);
    const lines = all.filter(({ position }) => position > last);
    const file = await this.#fileOf(chain);
    if (lines.length > 0) await file.write(lines);
    const end = lines.at(-1);
    if (end) this.#positions.set(chain, end.position);
    const mustSync = isDurable || end?.kind === 'checkpoint';
    if (mustSync) await this.#sync(file);
    if (end?.kind === 'checkpoint' && this.#isFull(file)) await this.#rotate();
    return mustSync;
  }

  async #sync(file: AuditFile): Promise<void> {
    try {
      await file.sync();
    } catch (error) {
      // What is not on the disk is not known to be anywhere: it comes again, into another file.
      this.#file = null;
      this.#positions.delete(file.chain);
      await file
        .rollBack()
        .then(() => this.#digests?.add(file))
        .catch(() => undefined); // a disk that fails may fail at this too; the log tells what is missing
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  async #positionOf(chain: string): Promise<number> {
    const known = this.#positions.get(chain);
    if (known !== undefined) return known;
    const files = await auditFiles(this.#options.directory);
    const own = files.filter((file) => file.chain === chain);
    let position = 0;
    for (const { path } of own)
      position = Math.max(position, (await lastLines(path)).at(-1)?.position ?? 0);
    this.#positions.set(chain, position);
    return position;
  }

  async #fileOf(chain: string): Promise<AuditFile> {
    if (this.#file?.chain === chain) return this.#file;
    await this.#closeFile();
    const { directory, name, clock } = this.#options;
    const begunAt = clock.now();
    const isOwn = chain === this.#session?.chain;
    const base = isOwn ? name : `${name}${RECOVERED}`;
    const path = join(directory, auditFileName(base, begunAt, chain, ++this.#part));
    return (this.#file = await AuditFile.create(path, chain, begunAt));
  }

  #isFull({ bytes, begunAt }: AuditFile): boolean {
    const { maxFileBytes, maxFileAgeMs, clock } = this.#options;
    return bytes >= maxFileBytes || clock.now() - begunAt >= maxFileAgeMs;
  }

  async #rotate(): Promise<void> {
    await this.#closeFile();
    await this.#removeExpired();
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    await file.sync();
    await this.#digests?.add(file);
    this.#file = null;
    await file.close();
  }

  async #removeExpired(): Promise<void> {
    const { removeExpired, keepMs } = this.#retention;
    if (removeExpired) await this.#digests?.removeExpired(keepMs);
  }

  /** One thing after the other, also when somebody no longer waits for the one before. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(work);
    this.#queue = run.then(
      () => (this.#trouble = null),
      (error: NodeJS.ErrnoException) => (this.#trouble = error.code ?? 'the last write failed'),
    );
    return run;
  }
}
