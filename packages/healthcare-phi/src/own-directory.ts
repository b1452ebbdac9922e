import { randomUUID } from 'node:crypto';
import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What the codes of systems mean, and what to do. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'can not be written by this process; change its owner or its mode',
  EPERM: 'can not be written by this process; change its owner or its mode',
  EROFS: 'is mounted read-only; name one that can be written',
  ENOSPC: 'is on a disk that is full; make room',
  EDQUOT: 'is on a disk whose quota is used up; make room',
  ENOENT: 'can not be made: what is above it takes no directories; name one that can be written',
  ENOTDIR: 'is no directory, or below something that is none; name a directory',
};

/**
 * Makes a directory if it isn't there, with those above it, for its owner alone. One step at a time: mkdir's own `recursive` does
 * not come back, in Node 20, from where there can be no directories, such as /proc.
 */
export async function makeDirectory(path: string): Promise<void> {
  if (await isThere(path)) return;
  await makeDirectory(dirname(path));
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error; // somebody else was first
  });
}

/** Writes a file to a directory, and removes it again. Rejects where that can't be done. */
export async function tryWriting(directory: string): Promise<void> {
  const path = join(directory, `.vitalcache-${randomUUID()}`);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile('written to see whether that can be done\n');
    await file.sync();
  } finally {
    await file.close();
    await unlink(path);
  }
}

/** Why a directory can't be used, and what to do: to stand behind its name. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return REASONS[code] ?? `can not be used (${code})`;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? 'no reason given';
}
