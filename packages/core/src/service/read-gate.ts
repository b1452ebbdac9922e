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
    if (ttlMs === 0 || runtime.isClosed || !runtime.flags.isEnabled(template)) return false;
    if (runtime.isOpen) return this.#isCaughtUp(options);
    return runtime.ready().then(() => runtime.gate.isOpen && this.#isCaughtUp(options));
  }

  /**
   * How each key of a call on protected data is admitted, `null` for past the cache; `null`: the call is none. To be asked
   * for, and used, in the caller's async context.
   */
  async admission(
    options: ResolvedCacheOptions,
  ): Promise<((key: string) => Admitted | null) | null> {
    const { gate } = this.#runtime;
    if (!gate.concerns(options)) return null;
    await this.#runtime.ready();
    return (key) => (gate.isOpen ? gate.admit(key, options) : null);
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
