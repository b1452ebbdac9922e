import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';

import { parseLine, type AuditLine } from './audit-line.js';
import { noteClosed, noteOpened } from './open-spools.js';

const { O_RDWR, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW } = constants;
/** Some of the longest lines there can be. */
const READ_BYTES = 1_024 * 1_024;

/** The first lines of a spool, and how many bytes they are there. */
export interface SpoolSlice {
  readonly lines: readonly AuditLine[];
  readonly bytes: number;
}

/**
 * Lines in a file on the local disk, for their owner alone. Made when the first comes, emptied when all were taken, removed
 * at the end if it is empty. Each call resolves when its lines are on the disk; those that come together share a sync.
 */
export class SpoolFile {
  readonly path: string;
  #handle: FileHandle | null = null;
  #size = 0;
  #taken = 0;
  readonly #waiting: { readonly text: string; readonly done: PromiseWithResolvers<void> }[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** Whether every line that got to the disk was taken. */
  get isEmpty(): boolean {
    return this.#taken === this.#size;
  }

  append(lines: readonly AuditLine[]): Promise<void> {
    const done = withResolvers<void>();
    this.#waiting.push({ text: lines.map(({ text }) => `${text}\n`).join(''), done });
    if (this.#waiting.length === 1) void this.#next(() => this.#write());
    return done.promise;
  }

  /** The first lines that were not taken, up to 1 MiB of them. What is no line of a log, because somebody wrote to the file, is left out. */
  peek(): Promise<SpoolSlice> {
    return this.#next(async () => {
      if (!this.#handle || this.isEmpty) return { lines: [], bytes: 0 };
      const bytes = Buffer.alloc(Math.min(READ_BYTES, this.#size - this.#taken));
      await this.#handle.read(bytes, 0, bytes.length, this.#taken);
      const end = bytes.lastIndexOf('\n') + 1;
      const texts = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
      const lines = texts.map(parseLine).filter((line) => line !== null);
      return { lines, bytes: end || bytes.length };
    });
  }

  /** Takes as many bytes as `peek` told of; they are not seen again. */
  take(bytes: number): Promise<void> {
    return this.#next(async () => {
      this.#taken += bytes;
      if (this.isEmpty) await this.#empty();
    });
  }

  /** Takes all that is there. */
  clear(): Promise<void> {
    return this.#next(() => this.#empty());
  }

  close(): Promise<void> {
    return this.#next(async () => {
      const handle = this.#handle;
      this.#handle = null;
      await handle?.close();
      if (handle && this.isEmpty) await unlink(this.path);
      noteClosed(this.path);
    });
  }

  async #opened(flags: number): Promise<FileHandle> {
    const handle = await open(this.path, flags, 0o600);
    noteOpened(this.path);
    return handle;
  }

  async #write(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    try {
      const bytes = Buffer.from(waiting.map(({ text }) => text).join(''));
      const flags = O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW;
      this.#handle ??= await this.#opened(flags);
      // What a failed write left behind the last good byte is cut off.
      await this.#handle.truncate(this.#size);
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#handle.write(bytes, done);
        done += bytesWritten;
      }
      await this.#handle.datasync();
      const { nlink } = await this.#handle.stat();
      if (nlink === 0) throw new Error('the spool was removed while it was open');
      this.#size += bytes.length;
      for (const { done } of waiting) done.resolve();
    } catch (error) {
      for (const { done } of waiting) done.reject(error);
    }
  }

  async #empty(): Promise<void> {
    [this.#size, this.#taken] = [0, 0];
    await this.#handle?.truncate(0);
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(work);
    this.#queue = run.catch(() => undefined);
    return run;
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}
