import { runner } from '../contract/runner.js';
import { batchPart } from './batch.part.js';
import { endPart } from './end.part.js';
import { selectionPart } from './selection.part.js';
import { servingPart } from './serving.part.js';
import {
  StrategyContext,
  type MakeStrategy,
  type StrategyContractOptions,
  type StrategyIt,
  type StrategyPart,
  type StrategyTier,
} from './strategy-harness.js';
import { validityPart } from './validity.part.js';

const READING: Readonly<Record<string, StrategyPart>> = {
  serving: servingPart,
  validity: validityPart,
  'batch reads': batchPart,
};

/**
 * Declares the tests that every `ICacheStrategy` must pass, on the globals of the test runner: run on a whole
 * `CacheService` with that strategy, once with entries in the process's own tier and once with entries in the store
 * alone, where no short way spares the strategy a read.
 *
 * @param make called once for each test
 */
export function describeCacheStrategy(
  name: string,
  make: MakeStrategy,
  options: StrategyContractOptions = {},
): void {
  const { describe, it } = runner();
  const declareOn =
    (tier: StrategyTier): StrategyIt =>
    (title, body) =>
      it(
        title,
        async () => {
          const context = new StrategyContext(make, tier, options.options);
          try {
            await body(context);
          } finally {
            await context.close();
          }
        },
        options.timeoutMs ?? 10_000,
      );

  describe(`${name}: strategy contract`, () => {
    describe('when', () => selectionPart(declareOn('l2'), options));
    for (const tier of ['l1', 'l2'] as const) {
      describe(`with entries in ${tier}`, () => {
        for (const [title, part] of Object.entries(READING)) {
          describe(title, () => part(declareOn(tier), options));
        }
      });
    }
    describe('close', () => endPart(declareOn('l2'), options));
  });
}
