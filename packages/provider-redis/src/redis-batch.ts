import type { StoredItem } from '@vitalcache/core';
import type { ChainableCommander } from 'ioredis';

import type { RedisConnection } from './connection/redis-connection.js';
import { ownBytes, sendable } from './value-bytes.js';

/** Keys of one MGET or UNLINK: the server serves nobody else while it runs one. */
const CHUNK = 500;

type Outcomes = readonly [error: Error | null, result: unknown][];

/** Several keys in one round trip, as a pipeline of bounded commands. */
export class RedisBatch {
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /** A chunk that failed reads as absent; rejects only if all failed. */
  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    const parts = chunks(keys);
    const found = await this.#send(parts, (pipeline, part) => pipeline.mgetBuffer(part), someOf);
    const values = found.flatMap(
      (part, i) => part ?? Array<null>(parts[i]?.length ?? 0).fill(null),
    );
    return (values as (Buffer | null)[]).map((value) => value && ownBytes(value));
  }

  async setMany(items: readonly StoredItem[]): Promise<void> {
    const add = (pipeline: ChainableCommander, { key, value, ttlMs }: StoredItem): unknown =>
      pipeline.set(key, sendable(value), 'PX', ttlMs);
    await this.#send(items, add, allOf);
  }

  async delMany(keys: readonly string[]): Promise<number> {
    const counts = await this.#send(chunks(keys), (pipeline, part) => pipeline.unlink(part), allOf);
    return (counts as number[]).reduce((sum, count) => sum + count, 0);
  }

  async #send<T>(
    parts: readonly T[],
    add: (pipeline: ChainableCommander, part: T) => unknown,
    judge: (outcomes: Outcomes) => readonly unknown[],
  ): Promise<readonly unknown[]> {
    if (parts.length === 0) return [];
    return this.#connection.run(async (client) => {
      const pipeline = client.pipeline();
      for (const part of parts) add(pipeline, part);
      return judge((await pipeline.exec()) ?? []);
    });
  }
}

/** All results, or the first error. */
function allOf(outcomes: Outcomes): readonly unknown[] {
  const failed = outcomes.find(([error]) => error);
  if (failed) throw failed[0] as Error;
  return outcomes.map(([, result]) => result);
}

/** Results with `null` for what failed, or the first error if everything did. */
function someOf(outcomes: Outcomes): readonly unknown[] {
  if (outcomes.every(([error]) => error)) return allOf(outcomes);
  return outcomes.map(([error, result]) => (error ? null : result));
}

function chunks(keys: readonly string[]): string[][] {
  const count = Math.ceil(keys.length / CHUNK);
  return Array.from({ length: count }, (_, i) => keys.slice(i * CHUNK, (i + 1) * CHUNK));
}
