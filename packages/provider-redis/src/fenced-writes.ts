import { CacheError, type FencedWrite } from '@vitalcache/core';

import { toCacheError } from './connection/redis.errors.js';
import type { RedisService } from './redis.service.js';
import { runScript, type ScriptArguments } from './scripts/run-script.js';
import type { LuaScriptName } from './scripts/lua-scripts.js';
import { concernsAll } from './store/pipeline.js';
import { hashTag } from './topology/hash-tag.js';
import { sendable } from './value-bytes.js';

/** Entries of one script: the server serves nobody else while it runs one. */
const MAX_WRITES = 128;

/** How long the parts of an entry are that are compared: what must be the same, and the fence. */
type Lengths = readonly [sameBytes: number, fenceBytes: number];

/** Whether it was stored, or why that is not known. */
type Outcome = boolean | CacheError;

/** Fenced writes that were asked for together: one script for those that one script may name. */
export class FencedWrites {
  readonly #service: RedisService;

  constructor(service: RedisService) {
    this.#service = service;
  }

  /** Rejects only if all failed. */
  async store(writes: readonly FencedWrite[], ...lengths: Lengths): Promise<readonly Outcome[]> {
    const outcomes = new Array<Outcome>(writes.length);
    const store = async (places: readonly number[]): Promise<void> => {
      const part = places.map((place) => writes[place] as FencedWrite);
      const found = await this.#together(part, lengths).catch((error: unknown) =>
        part.map(() => toCacheError(error)),
      );
      places.forEach((place, i) => (outcomes[place] = found[i] as Outcome));
    };
    await Promise.all(this.#groups(writes).map(store));
    const [first] = outcomes;
    if (first instanceof CacheError && outcomes.every((one) => one instanceof CacheError)) {
      throw first;
    }
    return outcomes;
  }

  async #together(writes: readonly FencedWrite[], lengths: Lengths): Promise<readonly Outcome[]> {
    const leases = writes.flatMap(({ lease }) => (lease ? [lease.key] : []));
    const keys = [...writes.map(({ key }) => key), ...leases];
    const args: (string | number | Buffer)[] = [...lengths];
    for (const { value, ttlMs, lease } of writes) {
      args.push(sendable(value), ttlMs, lease ? sendable(lease.token) : '');
    }
    // Twice is as once: the bytes are those that are there already, and whoever holds the lease by then has another token.
    const answer = await this.#service.again(async () => {
      try {
        return await this.#script('setFenced', keys, args);
      } catch (error) {
        // One key may be the reason, or that a slot is on its way with some of them.
        if (keys.length === 1 || concernsAll(error as Error)) throw error;
        return null;
      }
    });
    if (answer) return (answer as number[]).map((outcome) => outcome === 1);
    return Promise.all(writes.map((write) => this.#apart(write, lengths).catch(toCacheError)));
  }

  /** Key by key: what can be done is done. */
  async #apart({ lease, ...item }: FencedWrite, lengths: Lengths): Promise<Outcome> {
    const [isStored = false] = await this.#together([item], lengths);
    if (lease) await this.#script('releaseLease', [lease.key], [sendable(lease.token)]);
    return isStored;
  }

  /** Places of what one script may name: the keys of a store, or of a hash tag where that is all. */
  #groups(writes: readonly FencedWrite[]): readonly (readonly number[])[] {
    const { topology, areScriptsOfOneTag } = this.#service;
    const groups = new Map<unknown, number[]>();
    const full: number[][] = [];
    writes.forEach(({ key }, place) => {
      const owner = areScriptsOfOneTag ? hashTag(key) : topology.storeOf(key);
      const group = groups.get(owner) ?? [];
      if (group.push(place) === 1) groups.set(owner, group);
      if (group.length < MAX_WRITES) return;
      full.push(group);
      groups.delete(owner);
    });
    return [...full, ...groups.values()];
  }

  #script(name: LuaScriptName, keys: readonly string[], args: ScriptArguments): Promise<unknown> {
    return this.#service.run(keys[0] ?? '', (client, before) =>
      runScript(client, name, keys, args, before),
    );
  }
}
