import { hash } from 'node:crypto';

import type { SignedCheckpoint } from './audit-checkpoint.js';
import type { AuditRecord } from './audit-record.js';
import { canonicalJson, orderedJson, type JsonValue } from './canonical-json.js';

const HASH_BYTES = 32;
/** Hash before the first record of a chain. */
export const GENESIS = Buffer.alloc(HASH_BYTES).toString('base64url');

interface LinePlace {
  readonly chain: string;
  /** Sequence number; of a checkpoint: of the last record that it covers. */
  readonly seq: number;
  /** Counts up along the chain over records and checkpoints: what was written once is told from what is new by it. */
  readonly position: number;
  /** About as many characters as it has. */
  readonly size: number;
  /** JSON without a line end. */
  readonly text: string;
}

/** A record and its hash. */
export interface RecordLine extends LinePlace {
  readonly kind: 'record';
  readonly record: AuditRecord;
  readonly hash: string;
}

export interface CheckpointLine extends LinePlace, SignedCheckpoint {
  readonly kind: 'checkpoint';
}

/** One line of an audit log. */
export type AuditLine = RecordLine | CheckpointLine;

/** `SHA-256(hash of the record before || canonical JSON of the record)`, base64url. */
export function recordHash(previous: string, canonical: string): string {
  const bytes = Buffer.allocUnsafe(HASH_BYTES + Buffer.byteLength(canonical));
  bytes.write(previous, 0, HASH_BYTES, 'base64url');
  bytes.write(canonical, HASH_BYTES);
  return hash('sha256', bytes, 'base64url');
}

/** How a record and its hash stand in a log. */
export function lineText(hash: string, canonical: string): string {
  return `{"h":"${hash}","r":${canonical}}`;
}

/** @param record with its members in order, as `toRecord` makes it */
export function recordLine(record: AuditRecord, previous: string): RecordLine {
  const canonical = orderedJson(record as unknown as JsonValue);
  return lineOfRecord(record, canonical, recordHash(previous, canonical));
}

export function checkpointLine(signed: SignedCheckpoint): CheckpointLine {
  const { checkpoint, signature } = signed;
  const { chain, size } = checkpoint;
  const text = canonicalJson({ c: { ...checkpoint }, s: signature });
  return {
    kind: 'checkpoint',
    chain,
    seq: size,
    position: size * 2 + 1,
    size: text.length,
    text,
    checkpoint,
    signature,
  };
}

/** The line that a text is, or `null` for a text that no line of an audit log can be, as one that was edited may be. */
export function parseLine(text: string): AuditLine | null {
  try {
    const line = fromJson(JSON.parse(text) as Partial<Record<'h' | 'r' | 'c' | 's', unknown>>);
    return line?.text === text ? line : null;
  } catch {
    return null;
  }
}

function fromJson({
  h,
  r,
  c,
  s,
}: Partial<Record<'h' | 'r' | 'c' | 's', unknown>>): AuditLine | null {
  if (typeof h === 'string' && has(r, RECORD_MEMBERS)) {
    return lineOfRecord(r as unknown as AuditRecord, canonicalJson(r as JsonValue), h);
  }
  if (typeof s === 'string' && has(c, CHECKPOINT_MEMBERS)) {
    const checkpoint = c as unknown as SignedCheckpoint['checkpoint'];
    return checkpointLine({ checkpoint, signature: s });
  }
  return null;
}

/** What those who read a line rely on. */
const RECORD_MEMBERS = {
  chain: 'string',
  seq: 'number',
  time: 'string',
  deltaUs: 'number',
  node: 'string',
  event: 'string',
  actor: 'string',
  tenant: 'string',
};
const CHECKPOINT_MEMBERS = {
  chain: 'string',
  size: 'number',
  head: 'string',
  time: 'string',
  previous: 'string',
  keyId: 'string',
  node: 'string',
  v: 'number',
};

function has(part: unknown, members: Readonly<Record<string, string>>): part is object {
  if (typeof part !== 'object' || part === null) return false;
  const values = part as Record<string, unknown>;
  return Object.entries(members).every(([name, type]) => typeof values[name] === type);
}

function lineOfRecord(record: AuditRecord, canonical: string, hash: string): RecordLine {
  const { chain, seq } = record;
  const text = lineText(hash, canonical);
  return {
    kind: 'record',
    chain,
    seq,
    position: seq * 2,
    size: text.length,
    text,
    record,
    hash,
  };
}
