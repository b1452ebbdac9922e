import { open, rename, rm } from 'node:fs/promises';

import { CliError } from '../cli.error.js';

/**
 * Writes a new file that its owner alone can read.
 * @throws CliError if there is one already: a secret is never written over
 */
export async function writeSecret(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new CliError(`${path} exists and is not written over; name another file`);
    }
    throw new CliError(`${path} can't be written (${code ?? 'no reason given'})`);
  }
}

/** Puts a new text into the place of a secret file's, in one step. @throws CliError */
export async function replaceSecret(path: string, text: string): Promise<void> {
  const next = `${path}.new`;
  await writeSecret(next, text);
  try {
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(`${path} can't be replaced (${code ?? 'no reason given'})`);
  }
}
