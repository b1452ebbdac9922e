import type { StoredItem } from '@vitalcache/core';
import type { ChainableCommander, Redis } from 'ioredis';

import { RedisError, toCacheError } from './connection/redis.errors.js';
import type { RedisService } from './redis.service.js';
import { concernsAll, runPipeline } from './store/pipeline.js';
import type { RedisStore } from './store/redis-store.js';
import { sendable } from './value-bytes.js';

/** Keys of one command, commands of one pipeline: the server serves nobody else while it runs one. */
const CHUNK = 500;

/** Some keys of one store, by their place in what was asked for; not empty. */
type Part = readonly number[];

/** Several keys in one round trip a store, as bounded commands. */
export class RedisBatch {
  readonly #service: RedisService;

  constructor(service: RedisService) {
    this.#service = service;
  }

  /** A part that failed reads as absent; rejects only if all failed. */
  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    if (this.#service.topology.only && keys.length > 0 && keys.length <= CHUNK) {
      return this.#getPart(keys);
    }
    const values = new Array<Uint8Array | null>(keys.length).fill(null);
    const parts = await this.#parts(keys);
    const read = async (places: Part): Promise<void> => {
      const found = await this.#getPart(pick(keys, places));
      places.forEach((place, i) => (values[place] = found[i] ?? null));
    };
    const outcomes = await Promise.allSettled(parts.map(read));
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    if (failures.length > 0 && failures.length === parts.length) throw failures[0]?.reason;
    return values;
  }

  /** Keys of one store; what failed of them by itself is asked for once more, and reads as absent then. */
  async #getPart(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    const found = await this.#service.atStoreOf(keys[0] ?? '', (store) => store.getMany(keys));
    if (!found.some(hasFailed)) return found as readonly (Uint8Array | null)[];
    return Promise.all(
      found.map(async (answer, i) => (hasFailed(answer) ? this.#getApart(keys[i]) : answer)),
    );
  }

  async setMany(items: readonly StoredItem[]): Promise<void> {
    const set = (client: ChainableCommander | Redis, { key, value, ttlMs }: StoredItem) =>
      client.set(key, sendable(value), 'PX', ttlMs);
    await this.#each(items, ({ key }) => key, set);
  }

  /** Milliseconds, `Infinity` without an end, `null` where there is no such key. */
  async timesLeft(keys: readonly string[]): Promise<readonly (number | null)[]> {
    const left = new Array<number | null>(keys.length).fill(null);
    const ask = async (places: Part): Promise<void> => {
      const answers = await this.#each(pick(keys, places), String, (client, key) =>
        client.pttl(key),
      );
      places.forEach((place, i) => {
        const ms = Number(answers[i]);
        left[place] = ms === -1 ? Infinity : ms < 0 ? null : ms;
      });
    };
    await Promise.all((await this.#parts(keys)).map(ask));
    return left;
  }

  async delMany(keys: readonly string[]): Promise<number> {
    if (this.#service.isClustered) return this.#unlinkEach(keys);
    const unlink = async (places: Part): Promise<number> => {
      const part = pick(keys, places);
      try {
        return await this.#service.atStoreOf(part[0] ?? '', (store) =>
          store.run((client) => client.unlink(part)),
        );
      } catch (error) {
        // One key may be the reason, such as one that the ACL user may not touch: the others go.
        if (part.length === 1 || concernsAll(error as Error)) throw error;
        return this.#unlinkEach(part);
      }
    };
    return sumOf(await Promise.all((await this.#parts(keys)).map(unlink)));
  }

  async #unlinkEach(keys: readonly string[]): Promise<number> {
    const counts = await this.#each(keys, String, (client, key) => client.unlink(key));
    return sumOf(counts as number[]);
  }

  /** One command an item, pipelined by store; rejects with the first error when all are done. */
  async #each<T>(
    items: readonly T[],
    keyOf: (item: T) => string,
    add: (client: ChainableCommander | Redis, item: T) => unknown,
  ): Promise<readonly unknown[]> {
    const run = async (places: Part): Promise<readonly unknown[]> => {
      const part = pick(items, places);
      const outcomes = await this.#service.atStoreOf(keyOf(part[0] as T), (store) =>
        store.run((client) =>
          runPipeline(client, (commands) => part.forEach((item) => add(commands, item))),
        ),
      );
      return Promise.all(
        outcomes.map(async ([error, result], i) => {
          if (!error) return result;
          return this.#apart(error, keyOf(part[i] as T), (client) => add(client, part[i] as T));
        }),
      );
    };
    const parts = await this.#parts(items.map(keyOf));
    const settled = await Promise.allSettled(parts.map(run));
    return settled.flatMap((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }

  /** A command whose slot has moved, or is served by nobody yet, finds its way on its own; other errors stand. */
  #apart(error: Error, key: string, command: (client: Redis) => unknown): Promise<unknown> {
    const explained = toCacheError(error);
    const isOver = !(
      explained instanceof RedisError &&
      (explained.redirect ?? explained.isPassing)
    );
    if (isOver) return Promise.reject(explained);
    return this.#service.runAgain(key, async (client, before) => {
      before();
      return command(client);
    });
  }

  #getApart(key = ''): Promise<Buffer | null> {
    return this.#service.get(key, false).catch(() => null); // absent, as a part that failed
  }

  /** Keys whose store is not known make a part, too, which fails. */
  async #parts(keys: readonly string[]): Promise<readonly Part[]> {
    const { topology } = this.#service;
    if (topology.only) return chunks(keys.map((_, place) => place));
    if (!keys.every((key) => topology.isKnown(key))) await topology.look();
    const places = new Map<RedisStore | null, number[]>();
    keys.forEach((key, place) => {
      const store = topology.isKnown(key) ? topology.storeOf(key) : null;
      const known = places.get(store);
      if (known) known.push(place);
      else places.set(store, [place]);
    });
    return [...places.values()].flatMap(chunks);
  }
}

function hasFailed(answer: Buffer | Error | null): answer is Error {
  return answer instanceof Error;
}

function pick<T>(all: readonly T[], places: readonly number[]): T[] {
  return places.length === all.length ? [...all] : places.map((place) => all[place] as T);
}

function chunks(places: readonly number[]): Part[] {
  const count = Math.ceil(places.length / CHUNK);
  return Array.from({ length: count }, (_, i) => places.slice(i * CHUNK, (i + 1) * CHUNK));
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
