import { unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { ownDirectory } from '../audit-sinks/audit-directory.js';
import type { AuditLine } from './audit-line.js';
import { SpoolFile, type SpoolSlice } from './spool.file.js';
import { readLeftover, spoolLeftovers, spoolName, type SpoolLeftover } from './spool-leftovers.js';

/**
 * The local disk, for when the sink is down: one file that everything goes through then, in order; and one for emergency
 * records that could not wait, which are also on their way in the ordinary order.
 */
export class AuditSpool {
  readonly #directory: string;
  readonly #node: string;
  readonly #chain: string;
  readonly #main: SpoolFile;
  readonly #emergency: SpoolFile;
  #emergencyPosition = 0;

  constructor(directory: string, node: string, chain: string) {
    this.#directory = directory;
    this.#node = node;
    this.#chain = chain;
    this.#main = new SpoolFile(join(directory, spoolName(node, chain, 'spool')));
    this.#emergency = new SpoolFile(join(directory, spoolName(node, chain, 'emergency')));
  }

  /** @throws CacheError `CONFIG_INVALID` if the directory can't be used */
  prepare(): Promise<void> {
    return ownDirectory(this.#directory);
  }

  get isEmpty(): boolean {
    return this.#main.isEmpty;
  }

  /** Resolves when the lines are on the disk. */
  append(lines: readonly AuditLine[]): Promise<void> {
    return this.#main.append(lines);
  }

  /** Resolves when an emergency record is on the disk. */
  appendEmergency(line: AuditLine): Promise<void> {
    this.#emergencyPosition = Math.max(this.#emergencyPosition, line.position);
    return this.#emergency.append([line]);
  }

  /** Everything up to there is with the sink, or in the file that everything goes through. */
  async release(position: number): Promise<void> {
    if (this.#emergency.isEmpty || position < this.#emergencyPosition) return;
    await this.#emergency.clear();
  }

  peek(): Promise<SpoolSlice> {
    return this.#main.peek();
  }

  take(bytes: number): Promise<void> {
    return this.#main.take(bytes);
  }

  /** What processes of this node left that are gone: chain by chain, oldest first. */
  leftovers(): Promise<readonly SpoolLeftover[]> {
    return spoolLeftovers(this.#directory, this.#node, this.#chain);
  }

  /** Lines of a leftover, in the order of its chain, each once. */
  readonly read = readLeftover;

  /** Its lines are with the sink. */
  async discard({ paths }: SpoolLeftover): Promise<void> {
    for (const path of paths) await unlink(path);
  }

  /** Files that still hold something stay, for the next process. */
  async close(): Promise<void> {
    await Promise.all([this.#main.close(), this.#emergency.close()]);
  }
}
