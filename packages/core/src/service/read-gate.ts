import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { Admitted } from '../protection/protection.gate.js';
import type { CacheRuntime } from './cache.runtime.js';

/** Time without news after which what is above the standard level needs a catch-up, in either tier. */
const MAX_SENSITIVE_LAG_MS = 1_000;

/** Whether a read may use the cache, and under which key. */
export class ReadGate {
  readonly #runtime: CacheRuntime;

  constructor(runtime: CacheRuntime) {
    this.#runtime = runtime;
  }

  /** Not if it is off, asked for no time at all, or knows too little. */
  isUsable(options: ResolvedCacheOptions): boolean | Promise<boolean> {
    const runtime = this.#runtime;
    const { ttlMs, template } = options;
    if (ttlMs === 0 || runtime.lifecycle.isClosed || !runtime.flags.isEnabled(template))
      return false;
    if (runtime.lifecycle.isOpen) return this.#isCaughtUp(options);
    return runtime.lifecycle.ready().then(() => runtime.gate.isOpen && this.#isCaughtUp(options));
  }

  /**
   * Where a key of a call on protected data goes; `null`: past the cache. To be called in the caller's async context.
   * @throws, and rejects with, what the protection refuses the call with
   */
  admit(key: string, options: ResolvedCacheOptions): Admitted | null | Promise<Admitted | null> {
    const { gate, lifecycle } = this.#runtime;
    if (lifecycle.isOpen) return gate.admit(key, options);
    return lifecycle.ready().then(() => (gate.isOpen ? gate.admit(key, options) : null));
  }

  /** {@link admit} of several keys; `null`: the call is not on protected data. */
  admitAll(
    keys: readonly string[],
    options: ResolvedCacheOptions,
  ): Promise<readonly (Admitted | null)[]> | null {
    if (!this.#runtime.gate.concerns(options)) return null;
    return Promise.all(keys.map(async (key) => this.admit(key, options)));
  }

  #isCaughtUp({
    consistency,
    after,
    complianceLevel,
  }: ResolvedCacheOptions): boolean | Promise<boolean> {
    const runtime = this.#runtime;
    const isLagging =
      complianceLevel !== 'standard' && runtime.journal.linkAgeMs() > MAX_SENSITIVE_LAG_MS;
    if (consistency === 'strong' || isLagging) return runtime.catchUp(null);
    return after === null || runtime.catchUp(after);
  }
}
