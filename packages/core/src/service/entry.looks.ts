import { assertKey } from '../key/key-rules.js';
import { deserialized } from '../loading/serialized-value.js';
import type { CacheMiddlewareChain } from '../middleware/cache-middleware.chain.js';
import type { CacheOptions, ResolvedCacheOptions } from '../options/cache-options.js';
import type { OptionsResolver } from '../options/options.resolver.js';
import type { FoundEntry } from '../repository/found-entry.js';
import type { CacheStrategyManager } from '../strategy/cache-strategy.manager.js';
import type { ReadResult } from '../strategy/read-request.js';
import { operationOf } from './cache-operations.js';
import type { Explanation } from './cache-results.js';
import type { CacheRuntime } from './cache.runtime.js';
import { uncached, type ReadEngine } from './read.engine.js';

export interface EntryLooksOptions {
  readonly runtime: CacheRuntime;
  readonly chain: CacheMiddlewareChain;
  readonly options: OptionsResolver;
  readonly strategies: CacheStrategyManager;
}

/** Looks that never load, by the options of a read: at protected data too, as whoever asks may have it. */
export class EntryLooks {
  readonly #options: EntryLooksOptions;
  readonly #runtime: CacheRuntime;

  constructor(options: EntryLooksOptions) {
    this.#options = options;
    this.#runtime = options.runtime;
  }

  async get<T>(key: string, options: CacheOptions): Promise<T | null> {
    assertKey(key);
    const resolved = this.#options.options.resolve(options);
    this.#runtime.noteProtected(resolved);
    const operation = operationOf('get', { key, template: resolved.template, options: resolved });
    const { value } = await this.#options.chain.run(operation, async () => {
      await this.#runtime.lifecycle.ready();
      const isOn = this.#runtime.isOn(resolved.template);
      const found = isOn ? (await this.#lookUp(key, resolved)).found : null;
      const answer = found && unexpired<T>(this.#runtime.engine, found);
      return answer ?? uncached<T | null>(null, 'miss');
    });
    try {
      return deserialized<T | null>(value, resolved.serializer);
    } catch {
      this.#runtime.errors.note('entry-corrupt');
      return null;
    }
  }

  async explain(key: string, options?: CacheOptions): Promise<Explanation> {
    assertKey(key);
    const resolved = this.#options.options.resolve(options);
    if (!this.#runtime.gate.concerns(resolved)) return this.#explained(key, resolved);
    this.#runtime.noteProtected(resolved);
    const operation = operationOf('admin', { key, template: resolved.template, options: resolved });
    const { explanation } = await this.#options.chain.run(operation, async () => {
      const own = await this.#explained(key, resolved);
      return { outcome: 'done' as const, tier: own.tier, explanation: own };
    });
    return explanation;
  }

  async #explained(key: string, options: ResolvedCacheOptions): Promise<Explanation> {
    await this.#runtime.lifecycle.ready();
    const { engine, journal, gate } = this.#runtime;
    const { found, ownKey } = gate.isOpen
      ? await this.#lookUp(key, options)
      : { found: null, ownKey: key };
    const answer = found && engine.answer(found, 'hit');
    return {
      state: stateOf(answer, found?.entry.isSoftened ?? false),
      tier: found?.tier ?? null,
      ageMs: answer?.ageMs ?? null,
      freshForMs: answer?.freshForMs ?? null,
      expiresInMs: answer?.expiresInMs ?? null,
      isSoftened: found?.entry.isSoftened ?? false,
      fence: found?.entry.fence.position ?? null,
      position: journal.position,
      refusal: engine.refreshRefusal(ownKey),
      decisions: this.#options.strategies.explain(ownKey),
    };
  }

  /** What a read of these options would find, and by which key. @throws what protected data is refused with */
  async #lookUp(
    key: string,
    options: ResolvedCacheOptions,
  ): Promise<{ readonly found: FoundEntry | null; readonly ownKey: string }> {
    const { gate, repository } = this.#runtime;
    const own = gate.concerns(options) ? gate.admit(key, options) : { key, options };
    const found = own && (await repository.find(own.key, own.options));
    return { found, ownKey: own?.key ?? key };
  }
}

/** What a look answers with; `null`: it is kept for failures alone. */
export function unexpired<T>(engine: ReadEngine, found: FoundEntry): ReadResult<T> | null {
  const answer = engine.answer<T>(found, 'hit');
  const state = stateOf(answer, found.entry.isSoftened);
  if (state === 'expired') return null;
  return state === 'fresh' ? answer : { ...answer, outcome: 'stale' };
}

function stateOf(answer: ReadResult<unknown> | null, isSoftened: boolean): Explanation['state'] {
  if (!answer) return 'absent';
  if ((answer.expiresInMs ?? 0) <= 0) return 'expired';
  return isSoftened || (answer.freshForMs ?? 0) <= 0 ? 'stale' : 'fresh';
}
