import { AsyncLocalStorage } from 'node:async_hooks';

import { CacheError } from '../../src/errors/cache.error.js';
import type { ResolvedCacheOptions } from '../../src/options/cache-options.js';
import type { CachePlugin } from '../../src/plugin/cache-plugin.js';
import type { Admission } from '../../src/protection/admission.js';
import type { DataProtection } from '../../src/protection/data-protection.js';
import { BaseCacheStrategy } from '../../src/strategy/base-cache.strategy.js';
import { isProtected } from '../../src/strategy/protected-data.js';
import type { ReadRequest, ReadResult, StrategyEngine } from '../../src/strategy/read-request.js';
import type { FoundEntry } from '../../src/repository/found-entry.js';
import { VARIANT_SEPARATOR } from '../../src/validity/cover-hash.js';
import { TestNames } from './test-names.js';
import { TestSeal } from './test-seal.js';

/** Who is asking. */
export interface TestCaller {
  readonly tenant: string;
  readonly scope: string;
}

/** A protection that keeps tenants and scopes apart, with keys of its own. */
export class TestProtection implements DataProtection {
  readonly seal = new TestSeal();
  readonly names: TestNames;
  readonly #caller = new AsyncLocalStorage<TestCaller>();
  /** Nothing protected is to be cached. */
  isOff = false;
  /** Set to make it open later, or not at all. */
  opening: Promise<unknown> = Promise.resolve();
  readonly calls: string[] = [];

  constructor(secrets: readonly [string, ...string[]] = ['s1']) {
    this.names = new TestNames(secrets);
  }

  async open(): Promise<void> {
    this.calls.push('open');
    await this.opening;
  }

  close(): Promise<void> {
    this.calls.push('close');
    return Promise.resolve();
  }

  admit(key: string, options: ResolvedCacheOptions): Admission | null {
    const caller = this.#caller.getStore();
    if (!caller) throw new CacheError('OPTION_INVALID', 'Nobody is asking.');
    this.calls.push(`admit ${key}`);
    if (this.isOff) return null;
    const { tenant, scope } = caller;
    const patient = options.subject?.patientId ?? null;
    return {
      key: `${key}${VARIANT_SEPARATOR}${tenant}/${scope}`,
      tags: patient === null ? [] : [`patient:${patient}`],
      terms: {
        tenant,
        scope,
        level: options.complianceLevel,
        template: options.template,
        subject: patient,
        isEmergency: options.emergencyData,
      },
    };
  }

  /** Runs `work` for a caller. */
  as<T>(tenant: string, scope: string, work: () => T): T {
    return this.#caller.run({ tenant, scope }, work);
  }

  get plugin(): CachePlugin {
    return { name: 'test', protection: this, strategies: [new TestStrategy()] };
  }
}

/** Serves protected data while it is fresh; what is stale too, and then refreshes it in the background. */
class TestStrategy extends BaseCacheStrategy {
  readonly name = 'test';
  readonly precedence = 200;
  readonly isPlainOnFresh = true;

  when(options: ResolvedCacheOptions): boolean {
    return isProtected(options);
  }

  protected serve<T>(
    found: FoundEntry,
    request: ReadRequest<T>,
    engine: StrategyEngine,
  ): ReadResult<T> | null {
    const { isSoftened, expiresAt, staleAt } = found.entry;
    if (isSoftened || expiresAt <= engine.now()) return null;
    if (staleAt > engine.now()) return engine.answer<T>(found, 'hit');
    setImmediate(() => void engine.refresh(request, found));
    return engine.answer<T>(found, 'stale');
  }
}
