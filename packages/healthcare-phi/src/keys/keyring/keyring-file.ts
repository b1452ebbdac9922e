import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

import { CacheError } from '@vitalcache/core';

const MAX_BYTES = 1024 * 1024;
const OTHERS = 0o077;

/**
 * Reads a file of secrets. Links are followed, as orchestrators mount secrets by them; what is judged is the file that was
 * opened.
 *
 * @param name what it is called in messages: by default by its path
 * @throws CacheError `CONFIG_INVALID` when it can't be read or others than its owner may
 */
export function readSecretFile(path: string, name = `The file ${path}`): string {
  const refuse = (what: string): never => {
    throw new CacheError('CONFIG_INVALID', `${name} ${what}.`);
  };
  let file: number;
  try {
    // Not blocking: opening a pipe would wait for somebody to write into it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code = 'no such file' } = error as NodeJS.ErrnoException;
    return refuse(`can't be opened (${code}); name a file that this process can read`);
  }
  try {
    const wrong = faultOf(fstatSync(file));
    return wrong ? refuse(wrong) : readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function faultOf(stats: Stats): string | null {
  if (!stats.isFile()) return 'is not a regular file';
  if (stats.size > MAX_BYTES) return `has ${stats.size} bytes; accepted: up to ${MAX_BYTES}`;
  if (process.platform === 'win32') return null; // its modes say nothing of who may read
  if ((stats.mode & OTHERS) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    return `has mode ${mode}, so that others than its owner may use it; accepted: 0400 or 0600 (chmod 600; for a mounted secret defaultMode: 0400)`;
  }
  const self = process.getuid?.();
  const isOurs = stats.uid === self || stats.uid === 0 || self === 0;
  return isOurs ? null : 'belongs to another user; accepted: the user of this process, or root';
}
