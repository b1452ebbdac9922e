import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

import { CacheError } from '@vitalcache/core';

import type { IRecordBook } from './record-book.js';

const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
const NEWLINE = 10;

/**
 * A file of JSON lines, mode 0600, that is only ever appended to, each record synchronised to disk. Processes of one
 * machine may share it. A last line that was torn by a crash was never acknowledged, and counts for nothing.
 */
export class FileRecordBook<T> implements IRecordBook<T> {
  readonly #path: string;
  /** One record after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param path in a folder that exists */
  constructor(path: string) {
    this.#path = path;
  }

  /** @throws CacheError `CONFIG_INVALID` for a symbolic link, or a file that others may read; and what the disk says */
  add(record: T): Promise<void> {
    const own = this.#turn.then(() =>
      this.#with(async (file) => {
        const { size } = await file.stat();
        const start = (await isTorn(file, size)) ? '\n' : '';
        await file.writeFile(`${start}${JSON.stringify(record)}\n`); // all of it, or it rejects
        await file.datasync();
      }),
    );
    this.#turn = own.catch(() => undefined); // its caller gets it; the next one tries anew
    return own;
  }

  /** @throws as {@link add} */
  all(): Promise<readonly T[]> {
    return this.#with(async (file) => {
      const lines = (await file.readFile('utf8')).split('\n');
      return lines.flatMap((line) => recordsIn<T>(line));
    });
  }

  async #with<R>(work: (file: FileHandle) => Promise<R>): Promise<R> {
    const file = await open(this.#path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600).catch(
      (error: NodeJS.ErrnoException) => {
        throw error.code === 'ELOOP' ? refusal('is a symbolic link') : error;
      },
    );
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw refusal('is no regular file');
      if ((stat.mode & 0o077) !== 0) throw refusal('may be read by others');
      return await work(file);
    } finally {
      await file.close();
    }
  }
}

async function isTorn(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}

function recordsIn<T>(line: string): readonly T[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as T];
  } catch {
    return []; // torn by a crash
  }
}

function refusal(what: string): CacheError {
  return new CacheError(
    'CONFIG_INVALID',
    `A file of records that name people ${what}; accepted: a regular file of mode 0600 (chmod 600), or none yet.`,
  );
}
