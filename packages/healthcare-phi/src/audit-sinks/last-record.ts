import { open } from 'node:fs/promises';

import { parseLine, type AuditLine } from '../audit/audit-line.js';
import type { AuditHead, AuditRecord } from '../audit/audit-record.js';

/** More than the longest records, several times. */
const TAIL_BYTES = 512 * 1_024;

/** Where the last record that fits stands. */
export function headOf(
  lines: readonly AuditLine[],
  fits: (record: AuditRecord) => boolean,
): AuditHead | null {
  const found = lines.findLast((line) => line.kind === 'record' && fits(line.record));
  if (found?.kind !== 'record') return null;
  const { chain, seq, hash, record } = found;
  return { chain, seq, hash, time: record.time };
}

/** The lines at the end of a file that can be read; one that is torn at either end is left out. */
export async function lastLines(path: string): Promise<readonly AuditLine[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    const texts = bytes.toString('utf8', 0, bytesRead).split('\n').slice(0, -1);
    return texts.map(parseLine).filter((line) => line !== null);
  } finally {
    await file.close();
  }
}
