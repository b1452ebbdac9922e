import type { Epoch, JournalRecord, RecordRef } from '@vitalcache/core';

import { decodeCoverage } from './coverage.codec.js';

/** One entry of a stream as the server sends it: its id, then its fields and values in turn. */
export type StreamEntry = readonly [id: Buffer, fields: readonly Buffer[]];

/** Stands for an epoch or a reference that can't be read; no record that this package wrote has it. */
const NOWHERE = { stamp: 0, nonce: 0 } as const;

/**
 * Reads an entry. It never fails: what can't be read covers everything and is linked to nothing, so that a reader
 * starts anew instead of trusting it.
 *
 * Fields: `k` kind, `n` nonce, `p` the record before, `e` epoch, `i` incarnation, `c` constants, `b` body.
 */
export function decodeRecord([id, flat]: StreamEntry): JournalRecord {
  const fields = new Map<string, Buffer>();
  for (let i = 0; i + 1 < flat.length; i += 2) fields.set(String(flat[i]), flat[i + 1] as Buffer);
  const text = (name: string): string => fields.get(name)?.toString('utf8') ?? '';
  const body = decodeCoverage(text('k'), fields.get('b'));
  const previous = parseRef(text('p'));
  const epoch = parseRef(text('e'));
  const nonce = parseNumber(text('n'));
  const isSound =
    epoch !== null && nonce !== null && (previous !== null || body.kind === 'genesis');
  return {
    stamp: parseNumber(stampOf(id)) ?? 0,
    nonce: nonce ?? 0,
    epoch: epoch ?? NOWHERE,
    previous: body.kind === 'genesis' ? null : previous,
    incarnation: text('i'),
    constants: text('c'),
    body: isSound ? body : { kind: 'unknown' },
  };
}

/** `<stamp>-<nonce>`: a record or an epoch in one word. */
export function formatRef({ stamp, nonce }: Epoch | RecordRef): string {
  return `${stamp}-${nonce}`;
}

/** Reads what `formatRef` wrote; `null` for anything else. */
export function parseRef(text: string): RecordRef | null {
  const [, stamp, nonce] = /^(\d{1,16})-(\d{1,10})$/.exec(text) ?? [];
  return stamp === undefined || nonce === undefined
    ? null
    : { stamp: Number(stamp), nonce: Number(nonce) };
}

function parseNumber(text: string): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : null;
}

function stampOf(id: Buffer): string {
  return id.toString('latin1').replace(/-.*/, '');
}
