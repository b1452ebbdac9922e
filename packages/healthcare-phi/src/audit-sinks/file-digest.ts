import { createHash } from 'node:crypto';

import { canonicalJson, type JsonValue } from '../audit/canonical-json.js';

/** What is vouched for when a file of the audit log is closed. */
export interface FileDigest {
  readonly v: number;
  /** Name without its directory. */
  readonly file: string;
  readonly bytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
  readonly chain: string;
  readonly node: string;
  /** Sequence numbers of the first and the last record in it. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** UTC, ISO 8601. */
  readonly closedAt: string;
  /** Hash of the digest before, hex; empty if there was none in the directory. */
  readonly previous: string;
  readonly keyId: string;
}

export interface SignedDigest {
  readonly digest: FileDigest;
  readonly signature: string;
}

export const DIGEST_SUFFIX = '.digest';

/** The text that is signed. */
export function digestText(digest: FileDigest): string {
  return `vitalcache-audit-digest\n${canonicalJson(digest as unknown as JsonValue)}\n`;
}

/** What stands in the file beside the one that it is about. */
export function writeDigest({ digest, signature }: SignedDigest): string {
  return `${canonicalJson({ d: { ...digest }, s: signature })}\n`;
}

/** `null` if it is none. */
export function parseDigest(text: string): SignedDigest | null {
  try {
    const { d, s } = JSON.parse(text) as { d?: FileDigest; s?: unknown };
    if (typeof d?.file !== 'string' || typeof s !== 'string') return null;
    const signed = { digest: d, signature: s };
    return writeDigest(signed) === text ? signed : null;
  } catch {
    return null;
  }
}

/** What the next digest names this one by: the hash of its file. */
export function digestHash(signed: SignedDigest): string {
  return createHash('sha256').update(writeDigest(signed)).digest('hex');
}
