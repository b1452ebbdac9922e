import type { JournalRecord } from '@vitalcache/core';

import type { Style } from './output.js';
import { count, duration, printable } from './words.js';

/** Constants of a namespace whose names are no secret. */
const PLAIN_HASH = 'xxh64';

/** One line for a person. A pattern that is a secret is said to be one. */
export function lineOfRecord(
  record: JournalRecord,
  paint: (style: Style, text: string) => string,
): string {
  const { stamp, nonce, body } = record;
  const time = new Date(Math.floor(stamp / 1_000)).toISOString();
  const terms =
    body.kind === 'genesis'
      ? []
      : [
          ...(body.isSoft ? ['stale'] : []),
          ...(body.settleMs === undefined ? [] : [`settles ${duration(body.settleMs)}`]),
        ];
  const words = [whatOf(record), ...terms].join(', ');
  return `${paint('dim', time)}  ${stamp}-${nonce}  ${words}`;
}

/** The same for a machine. */
export function documentOfRecord(record: JournalRecord): object {
  const { stamp, nonce, epoch, body } = record;
  const base = { time: new Date(Math.floor(stamp / 1_000)).toISOString(), stamp, nonce, epoch };
  if (body.kind === 'hashes') return { ...base, kind: 'hashes', count: body.hashes.length / 2 };
  if (body.kind !== 'glob') return { ...base, kind: body.kind };
  return hasSecretNames(record) ? { ...base, kind: 'glob', veiled: true } : { ...base, ...body };
}

function whatOf(record: JournalRecord): string {
  const { body } = record;
  switch (body.kind) {
    case 'hashes':
      return count(body.hashes.length / 2, 'hash', 'hashes');
    case 'glob':
      return hasSecretNames(record) ? 'pattern, veiled' : `pattern ${printable(body.pattern)}`;
    case 'clear':
      return 'everything';
    case 'genesis':
      return 'epoch begins';
    case 'unknown':
      return 'of a kind that this version does not know; covers everything';
  }
}

/** Whether names in a namespace, and patterns in its journal, are a secret. */
export function hasSecretNames({ constants }: JournalRecord): boolean {
  return constants.split(';')[1] !== PLAIN_HASH;
}
