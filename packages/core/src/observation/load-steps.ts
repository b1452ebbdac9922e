import type { ICacheMiddleware, LoadStep, LoadStepInfo } from '../middleware/cache-middleware.js';
import type { ComplianceLevel } from '../protection/compliance-level.js';
import { CACHE_CHANNELS } from './event-channels.js';
import { failureOf } from './operation-events.js';

/** What the step is a part of. */
interface LoadOptions {
  readonly template: string;
  readonly complianceLevel: ComplianceLevel;
}

type Around = Required<Pick<ICacheMiddleware, 'aroundStep'>>;

/** Lets middleware and subscribers watch loads from inside. With nobody there, a step costs a comparison. */
export class LoadSteps {
  readonly #cache: string;
  readonly #store: string;
  #around: readonly Around[] = [];

  /** @param cache its namespace; @param store name of the provider */
  constructor(cache: string, store: string) {
    this.#cache = cache;
    this.#store = store;
  }

  /** Middleware that has a look, the first outermost. */
  use(middleware: readonly ICacheMiddleware[]): void {
    this.#around = middleware.filter(
      (one): one is ICacheMiddleware & Around => one.aroundStep !== undefined,
    );
  }

  /** Does `work`, and gives what it gives. @param outcomeOf a word of the code */
  run<T>(
    step: LoadStep,
    { template, complianceLevel: level }: LoadOptions,
    work: () => Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T> {
    const told = CACHE_CHANNELS.load.hasSubscribers
      ? () => this.#told(step, template, work, outcomeOf)
      : work;
    if (this.#around.length === 0) return told();
    const info: LoadStepInfo = { step, template, level, store: this.#store };
    return this.#around.reduceRight<() => Promise<T>>(
      (inner, outer) => () => outer.aroundStep(info, inner, outcomeOf),
      told,
    )();
  }

  async #told<T>(
    kind: LoadStep,
    template: string,
    work: () => Promise<T>,
    outcomeOf: (result: T) => string,
  ): Promise<T> {
    const startedAt = performance.now();
    const tell = (outcome: string, reason: string | null): void => {
      const ms = performance.now() - startedAt;
      const { load } = CACHE_CHANNELS;
      load.publish({ cache: this.#cache, kind, template, tier: null, outcome, ms, reason });
    };
    try {
      const result = await work();
      tell(outcomeOf(result), null);
      return result;
    } catch (error) {
      tell('failed', failureOf(error));
      throw error;
    }
  }
}
