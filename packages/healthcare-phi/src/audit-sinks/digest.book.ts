import { open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock } from '@vitalcache/core';

import { AUDIT_SCHEMA } from '../audit/audit-record.js';
import { syncDirectory, type AuditFile } from './audit.file.js';
import type { AuditSession } from './audit-sink.js';
import {
  DIGEST_SUFFIX,
  digestHash,
  digestText,
  parseDigest,
  writeDigest,
  type FileDigest,
  type SignedDigest,
} from './file-digest.js';

/** Signs what was closed, and knows by that what is old enough to be removed. */
export class DigestBook {
  readonly #directory: string;
  readonly #session: AuditSession;
  readonly #clock: Clock;
  #last: string;

  private constructor(directory: string, session: AuditSession, clock: Clock, last: string) {
    this.#directory = directory;
    this.#session = session;
    this.#clock = clock;
    this.#last = last;
  }

  static async open(directory: string, session: AuditSession, clock: Clock): Promise<DigestBook> {
    const newest = (await digestsIn(directory)).at(-1);
    return new DigestBook(directory, session, clock, newest ? digestHash(newest) : '');
  }

  /** Vouches for a file that gets no more lines. */
  async add(file: AuditFile): Promise<void> {
    const { node, signer } = this.#session;
    const digest: FileDigest = {
      v: AUDIT_SCHEMA,
      ...file.facts(),
      node,
      closedAt: new Date(this.#clock.now()).toISOString(),
      previous: this.#last,
      keyId: signer.keyId,
    };
    const signed = { digest, signature: await signer.sign(digestText(digest)) };
    const path = `${file.path}${DIGEST_SUFFIX}`;
    // Whole or not there: a half of one would be damage.
    await rm(`${path}.new`, { force: true });
    const handle = await open(`${path}.new`, 'wx', 0o600);
    try {
      await handle.writeFile(writeDigest(signed));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${path}.new`, path);
    await syncDirectory(this.#directory);
    this.#last = digestHash(signed);
  }

  /** Removes files that were closed longer ago than `keepMs`; their digests stay, to tell that they were there. */
  async removeExpired(keepMs: number): Promise<void> {
    const before = this.#clock.now() - keepMs;
    for (const { digest } of await digestsIn(this.#directory)) {
      if (Date.parse(digest.closedAt) >= before) continue;
      await unlink(join(this.#directory, digest.file)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }
}

/** The oldest first. */
async function digestsIn(directory: string): Promise<readonly SignedDigest[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(DIGEST_SUFFIX));
  const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');
  const found = (await Promise.all(names.map(read))).map(parseDigest);
  return found
    .filter((signed) => signed !== null)
    .filter(({ digest }) => !/[/\\]/.test(digest.file))
    .sort((a, b) => Date.parse(a.digest.closedAt) - Date.parse(b.digest.closedAt));
}
