import { link, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import type { ErasureReceipt } from './erasure-receipt.js';

/** Keeps receipts, each in a file that only its owner can read; written whole, and on the disk when this resolves. */
export async function keepReceipt(directory: string, receipt: ErasureReceipt): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `erasure-${receipt.id}.json`);
  const draft = `${path}.new`;
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
}
