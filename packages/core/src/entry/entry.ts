import type { Fence } from '../journal/fence.js';

/** How a payload was turned into bytes. */
export type PayloadCodec = 'json' | 'structured';

/** How a payload's bytes were made smaller. */
export type Compressor = 'none' | 'snappy' | 'gzip' | 'brotli' | 'zstd';

/** What the header of a stored entry says, besides how its payload is to be read. Times are epoch milliseconds. */
export interface EntryMeta {
  /** What the load had seen of the journal before it started. */
  readonly fence: Fence;
  readonly createdAt: number;
  /** From here on a strategy may refresh it; equal to `expiresAt` when there is no stale window. */
  readonly staleAt: number;
  /** From here on it is not served, except where a strategy keeps expired entries for failures. */
  readonly expiresAt: number;
  /** From here on it is of no use to anyone. */
  readonly keptUntil: number;
  /** How long the load took, in milliseconds. */
  readonly loadMs: number;
  /** Version of the value's shape; another version is a miss. */
  readonly schemaVersion: number;
  /** True when the loader found nothing (`null`). */
  readonly isNegative: boolean;
  /** Cover hashes of the tags, as pairs of 32-bit halves. */
  readonly tagHashes: Uint32Array;
}

/** When the load of what a hit was answered with began, and when it becomes stale, by the cache's clock. */
export type HitTimes = Pick<EntryMeta, 'createdAt' | 'staleAt'>;

/** What is left of a header once the entry has its cover hashes. */
export type HeldMeta = Omit<EntryMeta, 'tagHashes'>;

/** A header together with the payload's bytes as they stand after it. */
export interface PackedEntry extends HeldMeta {
  /** Of the entry's subject, all of them: who reads it need not hash its key. */
  readonly hashes: ArrayLike<number>;
  readonly codec: PayloadCodec;
  readonly compressor: Compressor;
  /** Length of the payload before compression, in bytes. */
  readonly rawLength: number;
  /** xxh32 of the payload before compression: two loads of one key that agree here gave the same value. */
  readonly payloadHash: number;
  readonly payload: Buffer;
  /** Where in `payload` it begins and ends; absent: it is all of it. */
  readonly payloadAt?: number;
  readonly payloadEnd?: number;
}
