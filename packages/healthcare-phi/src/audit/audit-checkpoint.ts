import { createHash } from 'node:crypto';

/** What a signature vouches for: that a chain had this many records then, and that the last of them had this hash. */
export interface AuditCheckpoint {
  readonly v: number;
  readonly chain: string;
  readonly node: string;
  /** Sequence number of the last record that it covers. */
  readonly size: number;
  /** Hash of that record, base64url. */
  readonly head: string;
  /** UTC, ISO 8601. */
  readonly time: string;
  /** Hash of the checkpoint before, base64url; empty in the first of a chain. */
  readonly previous: string;
  /** Of the key that signed it. */
  readonly keyId: string;
}

/** A checkpoint with its signature, base64url. */
export interface SignedCheckpoint {
  readonly checkpoint: AuditCheckpoint;
  readonly signature: string;
}

/**
 * The text that is signed: the first lines are those of a checkpoint of a transparency log (C2SP tlog-checkpoint: origin,
 * size, hash), so that a witness could take part; the others are extension lines.
 */
export function checkpointText(checkpoint: AuditCheckpoint): string {
  const { node, size, head, chain, time, previous, keyId, v } = checkpoint;
  const hash = Buffer.from(head, 'base64url').toString('base64');
  return `vitalcache-audit/${node}\n${size}\n${hash}\nchain ${chain}\ntime ${time}\nprevious ${previous}\nkey ${keyId}\nversion ${v}\n`;
}

/** What the next checkpoint names this one by. */
export function checkpointHash({ checkpoint, signature }: SignedCheckpoint): string {
  const text = `${checkpointText(checkpoint)}\n${signature}`;
  return createHash('sha256').update(text).digest('base64url');
}
