import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { CacheError, isCacheError } from '@vitalcache/core';

import { makeDirectory, reasonOf, tryWriting } from '../own-directory.js';

const SUFFIX = '.jsonl';
/** In the name of a file with what a process left that crashed. */
export const RECOVERED = '-recovered';
const NAME = /^(.+)\.(\d{8}T\d{9}Z)\.([0-9a-f-]{36})\.(\d{4,})\.jsonl$/;

/** A file of an audit log, as its name tells. */
export interface AuditFileName {
  readonly name: string;
  readonly path: string;
  readonly chain: string;
  /** Epoch milliseconds at which it was begun. */
  readonly begunAt: number;
  /** Written by a later process, for one that crashed. */
  readonly isRecovered: boolean;
}

/** `audit.20260101T000000000Z.<chain>.0001.jsonl`: names sort by time. */
export function auditFileName(base: string, begunAt: number, chain: string, part: number): string {
  const stamp = new Date(begunAt).toISOString().replace(/[-:.]/g, '');
  return `${base}.${stamp}.${chain}.${String(part).padStart(4, '0')}${SUFFIX}`;
}

/** Files of the audit log in a directory, oldest first. A link is none. */
export async function auditFiles(directory: string): Promise<readonly AuditFileName[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .flatMap((entry) => (entry.isFile() && fileOf(directory, entry.name)) || [])
    .sort((a, b) => a.begunAt - b.begunAt || (a.name < b.name ? -1 : 1));
}

function fileOf(directory: string, name: string): AuditFileName | null {
  const match = NAME.exec(name);
  if (!match) return null;
  const [, base = '', stamp = '', chain = ''] = match;
  return {
    name,
    path: join(directory, name),
    chain,
    begunAt: millisecondsOf(stamp),
    isRecovered: base.endsWith(RECOVERED),
  };
}

/**
 * Makes the directory if it isn't there, for its owner alone, and writes to it once.
 * @throws CacheError `CONFIG_INVALID` if it is a link, no directory, everybody may write to it, or this process may not
 */
export async function ownDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory);
    await assertOwn(directory);
    await tryWriting(directory);
  } catch (error) {
    throw isCacheError(error) ? error : refused(directory, reasonOf(error));
  }
}

async function assertOwn(directory: string): Promise<void> {
  const found = await lstat(directory);
  if (found.isSymbolicLink())
    throw refused(directory, 'is a symbolic link; name the directory itself');
  if (!found.isDirectory()) throw refused(directory, 'is no directory');
  if ((found.mode & 0o002) !== 0) {
    throw refused(directory, 'can be written by everybody; set its mode to 0700');
  }
}

function refused(directory: string, why: string): CacheError {
  const message = `The directory of the audit log, ${directory}, ${why}. CACHE_AUDIT_FILE, or the sink, names it.`;
  return new CacheError('CONFIG_INVALID', message);
}

function millisecondsOf(stamp: string): number {
  const [, y, mo, d, h, mi, s, ms] = /^(....)(..)(..)T(..)(..)(..)(...)Z$/.exec(stamp)!;
  return Date.UTC(+y!, +mo! - 1, +d!, +h!, +mi!, +s!, +ms!);
}
