import type { CacheService } from '@vitalcache/core';
import { Redis } from 'ioredis-6';

import { internals } from '../measuring/internals.js';

/** Entries to be stored. */
export interface LoadedEntriesOptions {
  readonly cache: CacheService;
  readonly url: string;
  readonly namespace: string;
  readonly ttlSeconds: number;
  readonly tags: readonly string[];
}

interface StoredEntry {
  readonly fence: object;
  readonly epoch: object;
  readonly position: number;
  readonly createdAt: number;
  readonly staleAt: number;
  readonly expiresAt: number;
  readonly keptUntil: number;
}

interface Codec {
  readonly encodeValue: (value: unknown, maxBytes: number) => object;
  readonly packEntry: (entry: object, seedText: string) => Buffer;
  readonly unpackEntry: (bytes: Buffer, key: string) => StoredEntry | null;
  readonly coverHashes: (kind: 'tag', texts: readonly string[]) => Uint32Array;
  readonly subjectOf: (key: string, tagHashes: Uint32Array) => { readonly hashes: object };
}

const MODEL = 'model';
const MAX_BYTES = 2 ** 20;

/**
 * Stores entries as loads leave them, byte by byte, without a load of each: millions would take too long, and as many `set`s
 * would be as many invalidations, in which all earlier entries drown.
 */
export class LoadedEntries {
  private constructor(
    private readonly options: LoadedEntriesOptions,
    private readonly codec: Codec,
    private readonly redis: Redis,
    private readonly model: StoredEntry,
  ) {}

  /** @throws Error if the cache does not store what it loads */
  static async open(options: LoadedEntriesOptions): Promise<LoadedEntries> {
    const { cache, url, namespace, ttlSeconds, tags } = options;
    const core = '@vitalcache/core';
    const codec: Codec = {
      ...(await internals<Pick<Codec, 'encodeValue'>>(core, './entry/value.codec.js')),
      ...(await internals<Pick<Codec, 'packEntry'>>(core, './entry/entry-header.codec.js')),
      ...(await internals<Pick<Codec, 'unpackEntry'>>(core, './entry/stored-entry.js')),
      ...(await internals<Pick<Codec, 'coverHashes' | 'subjectOf'>>(
        core,
        './validity/cover-hash.js',
      )),
    };
    await cache.cache(MODEL, () => MODEL, { ttl: ttlSeconds, tags });
    await cache.settled();
    const redis = new Redis(url);
    const bytes = await redis.getBuffer(nameOf(namespace, MODEL));
    const model = bytes && codec.unpackEntry(bytes, MODEL);
    if (!model) throw new Error('What was loaded is not in the store.');
    return new LoadedEntries(options, codec, redis, model);
  }

  async store(entries: readonly (readonly [string, unknown])[]): Promise<void> {
    const { encodeValue, packEntry, coverHashes, subjectOf } = this.codec;
    const { namespace, tags, ttlSeconds } = this.options;
    const { fence, createdAt, staleAt, expiresAt, keptUntil } = this.model;
    const times = { createdAt, staleAt, expiresAt, keptUntil, loadMs: 0 };
    const meta = { ...times, fence, schemaVersion: 0, isNegative: false };
    const tagHashes = coverHashes('tag', tags);
    const pipeline = this.redis.pipeline();
    for (const [key, value] of entries) {
      const { hashes } = subjectOf(key, tagHashes);
      const bytes = packEntry({ ...meta, ...encodeValue(value, MAX_BYTES), hashes }, key);
      pipeline.set(nameOf(namespace, key), bytes, 'EX', ttlSeconds);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }

  close(): void {
    this.redis.disconnect();
  }
}

const nameOf = (namespace: string, key: string): string => `vc:${namespace}:e:{${key}}`;
