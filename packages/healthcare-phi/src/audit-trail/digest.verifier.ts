import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { AuditFileName } from '../audit-sinks/audit-directory.js';
import {
  DIGEST_SUFFIX,
  digestHash,
  digestText,
  parseDigest,
  type FileDigest,
  type SignedDigest,
} from '../audit-sinks/file-digest.js';
import type { FindingList } from './finding.list.js';
import type { PublicKeys } from './public-keys.js';

interface Found extends SignedDigest {
  readonly name: string;
}

/** Compares files with the digests that were signed when they were closed. */
export class DigestVerifier {
  readonly #directory: string;
  readonly #keys: PublicKeys;
  readonly #findings: FindingList;

  constructor(directory: string, keys: PublicKeys, findings: FindingList) {
    this.#directory = directory;
    this.#keys = keys;
    this.#findings = findings;
  }

  /**
   * Resolves with the digests of files that are gone because their time was over.
   * @param expiredBefore epoch milliseconds: what was closed before may be gone
   */
  async verify(
    files: readonly AuditFileName[],
    expiredBefore: number,
  ): Promise<readonly FileDigest[]> {
    const digests = await this.#read();
    this.#verifyOrder(digests);
    this.#verifyComplete(files, digests);
    const expired: FileDigest[] = [];
    for (const { digest } of digests) {
      const file = files.find(({ name }) => name === digest.file);
      if (file) await this.#compare(file, digest);
      else if (this.#isExpired(digest, expiredBefore)) expired.push(digest);
    }
    return expired;
  }

  async #read(): Promise<readonly Found[]> {
    const names = (await readdir(this.#directory)).filter((name) => name.endsWith(DIGEST_SUFFIX));
    const found: Found[] = [];
    for (const name of names.sort()) {
      const signed = parseDigest(await readFile(join(this.#directory, name), 'utf8'));
      const isGenuine =
        signed !== null &&
        `${signed.digest.file}${DIGEST_SUFFIX}` === name &&
        this.#keys.isGenuine(digestText(signed.digest), signed.signature, signed.digest.keyId);
      if (isGenuine) found.push({ ...signed, name });
      else this.#add('digest-forged', name, 'The digest is not signed by a key that is trusted.');
    }
    return found;
  }

  /** Each names one that is there. The oldest of all names none, or one that was removed long ago with what it named. */
  #verifyOrder(digests: readonly Found[]): void {
    const hashes = new Set(digests.map(digestHash));
    for (const { digest, name } of digests) {
      if (digest.previous === '' || hashes.has(digest.previous)) continue;
      this.#add('digest-missing', name, 'The digest before this one is missing.');
    }
  }

  /** Only the last file of a chain may lack its digest: a crash leaves it so. */
  #verifyComplete(files: readonly AuditFileName[], digests: readonly Found[]): void {
    const closed = new Set(digests.map(({ digest }) => digest.file));
    const own = files.filter(({ isRecovered }) => !isRecovered);
    const last = new Map(own.map((file) => [file.chain, file.name]));
    for (const { name, chain } of own) {
      if (closed.has(name) || last.get(chain) === name) continue;
      this.#add('digest-missing', name, 'The file was closed, and its digest is missing.');
    }
  }

  async #compare({ name, path }: AuditFileName, digest: FileDigest): Promise<void> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    if (hash.digest('hex') === digest.sha256) return;
    const message = `The file is not what its digest vouches for (${digest.bytes} bytes, records ${digest.firstSeq} to ${digest.lastSeq}).`;
    this.#add('digest-mismatch', name, message);
  }

  #isExpired(digest: FileDigest, expiredBefore: number): boolean {
    if (Date.parse(digest.closedAt) < expiredBefore) {
      this.#add('expired', digest.file, 'The file was removed when its time was over.');
      return true;
    }
    const message = `The file is missing (records ${digest.firstSeq} to ${digest.lastSeq}).`;
    this.#add('file-missing', digest.file, message);
    return false;
  }

  #add(kind: Parameters<FindingList['add']>[0], file: string, message: string): void {
    this.#findings.add(kind, { file }, message);
  }
}
