import { link, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { CacheError } from '@vitalcache/core';

import { makeDirectory, reasonOf, tryWriting } from '../own-directory.js';
import type { ErasureReceipt } from './erasure-receipt.js';

/** To be asked at start: a receipt that can't be kept is of an erasure that is done. @throws CacheError `CONFIG_INVALID` */
export async function assertKeepsReceipts(directory: string): Promise<void> {
  try {
    await makeDirectory(directory);
    await tryWriting(directory);
  } catch (error) {
    const message = `receiptsDirectory of healthcarePlugin ${reasonOf(error)}.`;
    throw new CacheError('CONFIG_INVALID', message);
  }
}

/** Keeps receipts, each in a file that only its owner can read; written whole, and on the disk when this resolves. */
export async function keepReceipt(directory: string, receipt: ErasureReceipt): Promise<string> {
  const path = join(directory, `erasure-${receipt.id}.json`);
  const draft = `${path}.new`;
  try {
    await makeDirectory(directory);
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(receipt, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
    await unlink(draft);
    return path;
  } catch (error) {
    await unlink(draft).catch(() => undefined); // it may not be there
    throw error;
  }
}
