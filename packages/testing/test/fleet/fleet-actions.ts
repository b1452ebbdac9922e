import { isCacheError, type CacheErrorCode } from '@vitalcache/core';

import type { FleetCalls } from './fleet-calls.js';
import { LawBroken, type FleetLedger, type FleetValue, type Promised } from './fleet-ledger.js';
import type { FleetProcess } from './fleet-process.js';
import { PATIENCE, type StepOf as Of } from './fleet-steps.js';
import { KEYS, SCOPES, TAGS, tagsOf, type KeyIndex } from './fleet-subjects.js';
import { turn } from './virtual-clock.js';

/** What a loader rejects with when the plan says so. */
class SourceFailed extends Error {
  override readonly message = 'the source failed, as the plan says';
}

/** What writes may reject with. */
const REFUSALS: readonly CacheErrorCode[] = [
  'NOT_RECORDED',
  'STORE_UNAVAILABLE',
  'STORE_TIMEOUT',
  'LOAD_FAILED',
];
/** What applications do with the cache of one process; every answer is held against the laws. */
export class FleetActions {
  readonly #ledger: FleetLedger;
  readonly #calls: FleetCalls;
  readonly #isCalm: boolean;
  readonly #loads = new Set<{ readonly process: FleetProcess; readonly key: KeyIndex }>();

  /** @param isCalm nothing justifies a second load of a key while one runs */
  constructor(ledger: FleetLedger, calls: FleetCalls, isCalm: boolean) {
    this.#ledger = ledger;
    this.#calls = calls;
    this.#isCalm = isCalm;
  }

  async read(process: FleetProcess, step: Of<'read'>): Promise<void> {
    const status = await process.status();
    const after = step.how === 'after' && this.#ledger.latest?.token ? this.#ledger.latest : null;
    const key = (step.key % KEYS.length) as KeyIndex;
    for (let i = 0; i < step.callers; i++) {
      const read = { key, how: step.how, process: process.id, after };
      const promised = this.#ledger.promise(read, status, process.seen);
      this.#calls.make(process, `${step.how} read`, () => this.#answered(process, step, promised));
    }
    await turn();
  }

  async #answered(process: FleetProcess, step: Of<'read'>, promised: Promised): Promise<void> {
    const key = KEYS[promised.key];
    if (step.how === 'get') {
      const value = await process.cache.get<FleetValue>(key);
      if (value) this.#judgeBare(promised, value);
      return;
    }
    const load = async (): Promise<FleetValue> => {
      const value = this.#ledger.look(promised.key);
      const end = this.#beginLoad(process, promised.key);
      if (step.loadMs > 0) await process.time.sleep(step.loadMs);
      end();
      if (step.fails) throw new SourceFailed();
      return value;
    };
    const options = {
      ttl: step.ttlMs / 1_000,
      tags: TAGS[promised.key] as readonly string[],
      forceRefresh: step.isForced,
      ...PATIENCE[step.patience],
      ...(step.how === 'strong' && { consistency: 'strong' as const }),
      ...(promised.after?.token && { after: promised.after.token }),
    };
    try {
      this.#ledger.judge(promised, await process.cache.read(key, load, options));
    } catch (error) {
      const isLate = step.patience === 'bounded' && isCacheError(error, 'LOAD_TIMEOUT');
      if (!isOfSource(error) && !isLate) throw error;
    }
  }

  /** Where nothing justifies a second load, there is none. */
  #beginLoad(process: FleetProcess, key: KeyIndex): () => void {
    const load = { process, key };
    const others = [...this.#loads].filter(
      (one) => one.key === key && !one.process.wasPaused && !one.process.time.hasEnded,
    );
    if (this.#isCalm && others.length > 0 && !process.wasPaused) {
      const [{ process: other }] = others as [typeof load];
      const who = `p${other.id} and p${process.id}`;
      throw this.#calls.fail(new LawBroken('one load at a time', `${who} load ${KEYS[key]}`));
    }
    this.#loads.add(load);
    return () => void this.#loads.delete(load);
  }

  async change(process: FleetProcess, { scope, isSoft, settleMs }: Of<'change'>): Promise<void> {
    const { cache } = process;
    const { by, name } = SCOPES[scope];
    const terms = { ...(isSoft && { mode: 'stale' as const }), settleMs };
    const invalidation = this.#ledger.call(process.id, scope, { isSoft, settleMs });
    this.#calls.make(process, `invalidation of ${scope}`, async () => {
      const result = await {
        key: () => cache.invalidateCache(name, terms),
        tag: () => cache.invalidateCacheByTag(name, terms),
        pattern: () => cache.invalidateCacheByPattern(name, terms),
        clear: () => cache.clear(terms),
      }[by]();
      this.#ledger.resolve(invalidation, result, cache.tokenOf(result.stamp));
    });
    await turn();
  }

  async write(process: FleetProcess, step: Of<'set' | 'del' | 'update'>): Promise<void> {
    const { cache } = process;
    const index = (step.key % KEYS.length) as KeyIndex;
    const key = KEYS[index];
    const tags = TAGS[index] as readonly string[];
    const invalidation = this.#ledger.call(process.id, index);
    const make = (): FleetValue => this.#ledger.look(index, invalidation);
    this.#calls.make(process, step.do, async () => {
      try {
        if (step.do === 'del') {
          await cache.del(key);
          return this.#ledger.resolveUnstamped(invalidation);
        }
        const options = { ttl: 60, tags };
        const result =
          step.do === 'set'
            ? await cache.set(key, make(), options)
            : await cache.update(key, make, options);
        this.#ledger.resolve(invalidation, result, cache.tokenOf(result.stamp));
      } catch (error) {
        if (!isCacheError(error) || !REFUSALS.includes(error.code)) throw error;
      }
    });
    await turn();
  }

  /** What applications do without a loader: get, look it up, set, in one async context. */
  async fill(
    process: FleetProcess,
    { key: place, loadMs }: Of<'fill' | 'read all'>,
  ): Promise<void> {
    const { cache, time } = process;
    const index = (place % KEYS.length) as KeyIndex;
    const promised = await this.#promised(process, index);
    this.#calls.make(process, 'get and set', async () => {
      const found = await cache.get<FleetValue>(KEYS[index]);
      if (found) return this.#judgeBare(promised, found);
      // It is known to the ledger as a set's only when it is called; until then it stands for itself.
      const lookedUp = this.#ledger.look(index);
      if (loadMs > 0) await time.sleep(loadMs);
      const invalidation = this.#ledger.call(process.id, index);
      this.#ledger.own(lookedUp, invalidation);
      const result = await cache.set(KEYS[index], lookedUp, { ttl: 60, tags: tagsOf(lookedUp) });
      this.#ledger.resolve(invalidation, result, cache.tokenOf(result.stamp));
    });
    await turn();
  }

  async readAll(
    process: FleetProcess,
    step: Of<'fill' | 'read all'> | Of<'get all' | 'set all' | 'delete all'>,
  ): Promise<void> {
    const { cache, time } = process;
    const promised = await Promise.all(
      KEYS.map((_, index) => this.#promised(process, index as KeyIndex)),
    );
    const loadMissing = async (keys: readonly string[]): Promise<Map<string, FleetValue>> => {
      const values = keys.map((key) => this.#ledger.look(KEYS.indexOf(key as never) as KeyIndex));
      if (step.do === 'read all' && step.loadMs > 0) await time.sleep(step.loadMs);
      return new Map(values.map((value) => [value.key, value]));
    };
    this.#calls.make(process, step.do, async () => {
      const options = { ttl: 60, tags: tagsOf };
      const values = await (step.do === 'read all'
        ? cache.cacheMany<FleetValue>(KEYS, loadMissing, options).catch((error: unknown) => {
            if (isOfSource(error)) return []; // of a load that was joined
            throw error;
          })
        : cache.batchGet<FleetValue>(KEYS));
      values.forEach((value, index) => {
        if (value) this.#judgeBare(promised[index] as Promised, value);
      });
    });
    await turn();
  }

  async writeAll(
    process: FleetProcess,
    { do: what }: Of<'get all' | 'set all' | 'delete all'>,
  ): Promise<void> {
    const { cache } = process;
    const invalidation = this.#ledger.call(process.id, 'everything');
    this.#calls.make(process, what, async () => {
      try {
        if (what === 'delete all') {
          await cache.batchDelete(KEYS);
          return this.#ledger.resolveUnstamped(invalidation);
        }
        const items = KEYS.map((key, index) => {
          const value = this.#ledger.look(index as KeyIndex, invalidation);
          return { key, value, ttl: 60, tags: tagsOf(value) };
        });
        const result = await cache.batchSet(items);
        this.#ledger.resolveMany(invalidation, result, cache.tokenOf(result.stamp));
      } catch (error) {
        if (!isCacheError(error) || !REFUSALS.includes(error.code)) throw error;
      }
    });
    await turn();
  }

  async #promised(process: FleetProcess, key: KeyIndex): Promise<Promised> {
    const status = await process.status();
    const read = { key, how: 'get' as const, process: process.id, after: null };
    return this.#ledger.promise(read, status, process.seen);
  }

  /** A value that came without saying where from. */
  #judgeBare(promised: Promised, value: FleetValue): void {
    this.#ledger.judge(promised, { value, outcome: 'stale', tier: null });
  }

  wait(process: FleetProcess): void {
    const { latest } = this.#ledger;
    if (!latest) return;
    this.#calls.make(process, 'waitFor', async () => {
      if (!latest.token || !(await process.cache.waitFor(latest.token))) return;
      if (!latest.isForgotten) process.seen.add(latest);
    });
  }
}

/** A load failed because the plan says so, here or in another process. */
function isOfSource(error: unknown): boolean {
  return error instanceof SourceFailed || isCacheError(error, 'LOAD_FAILED');
}
