import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import type { AuditLine } from '../audit/audit-line.js';
import type { FileDigest } from './file-digest.js';

const { O_WRONLY, O_CREAT, O_EXCL, O_APPEND, O_NOFOLLOW } = constants;

interface Extent {
  readonly bytes: number;
  readonly hash: Hash;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** A new file that lines are added to, for its owner alone. */
export class AuditFile {
  readonly path: string;
  readonly chain: string;
  readonly begunAt: number;
  readonly #handle: FileHandle;
  /** Whole lines, as far as they were written. */
  #written: Extent = { bytes: 0, hash: createHash('sha256'), firstSeq: 0, lastSeq: 0 };
  /** And as far as they are on the disk. */
  #synced: Extent = { ...this.#written, hash: createHash('sha256') };
  /** Whether there may be a torn line behind the last good byte. */
  #isTorn = false;

  private constructor(path: string, chain: string, begunAt: number, handle: FileHandle) {
    this.path = path;
    this.chain = chain;
    this.begunAt = begunAt;
    this.#handle = handle;
  }

  /** Never opens what is there already, a link least of all. */
  static async create(path: string, chain: string, begunAt: number): Promise<AuditFile> {
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW;
    const file = new AuditFile(path, chain, begunAt, await open(path, flags, 0o600));
    await syncDirectory(dirname(path));
    return file;
  }

  get bytes(): number {
    return this.#written.bytes;
  }

  /** Adds lines; after a failure the next call first removes what it left. */
  async write(lines: readonly AuditLine[]): Promise<void> {
    if (this.#isTorn) await this.#cutTo(this.#written.bytes);
    this.#isTorn = true;
    const bytes = Buffer.from(lines.map(({ text }) => `${text}\n`).join(''));
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done);
      done += bytesWritten;
    }
    this.#isTorn = false;
    const { hash, firstSeq, lastSeq, ...before } = this.#written;
    this.#written = {
      bytes: before.bytes + bytes.length,
      hash: hash.update(bytes),
      firstSeq: firstSeq || (lines.find(({ kind }) => kind === 'record')?.seq ?? 0),
      lastSeq: lines.at(-1)?.seq ?? lastSeq,
    };
  }

  /** Resolves when all of it is on the disk. @throws Error if somebody removed the file, or cut it */
  async sync(): Promise<void> {
    if (this.#synced.bytes === this.#written.bytes) return;
    const { hash, ...written } = this.#written;
    const synced = { ...written, hash: hash.copy() };
    // At once: one after the other takes a turn of the event loop more, in which all who record go on recording.
    const [{ nlink, size }] = await Promise.all([this.#handle.stat(), this.#handle.datasync()]);
    if (nlink === 0) throw new Error('the file of the audit log was removed while it was open');
    if (size < synced.bytes) throw new Error('the file of the audit log was cut while it was open');
    this.#synced = synced;
  }

  /** Forgets what is not known to be on the disk, so that it can be written elsewhere and stands once. */
  async rollBack(): Promise<void> {
    await this.#cutTo(this.#synced.bytes);
    this.#written = { ...this.#synced, hash: this.#synced.hash.copy() };
    this.#isTorn = false;
  }

  /** What can be vouched for when it is closed. */
  facts(): Pick<FileDigest, 'file' | 'bytes' | 'sha256' | 'chain' | 'firstSeq' | 'lastSeq'> {
    const { bytes, hash, firstSeq, lastSeq } = this.#written;
    const sha256 = hash.copy().digest('hex');
    return { file: basename(this.path), bytes, sha256, chain: this.chain, firstSeq, lastSeq };
  }

  /** Never makes it longer: what somebody cut off does not come back as zeros. */
  async #cutTo(bytes: number): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size > bytes) await this.#handle.truncate(bytes);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Makes names in a directory outlast a crash of the machine. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
