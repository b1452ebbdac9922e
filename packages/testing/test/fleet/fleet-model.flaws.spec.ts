import { FLAWS, switches } from './fleet-flaws.js';
import { search } from './fleet-model.js';
import { calmPlans, stormyPlans } from './fleet-plans.js';

const mockSwitches = switches;

jest.mock('../../../core/src/journal/journal-record.js', () => {
  const actual = jest.requireActual<{ isSameRecord(a: unknown, b: unknown): boolean }>(
    '../../../core/src/journal/journal-record.js',
  );
  const isSameRecord = (a: unknown, b: unknown): boolean =>
    mockSwitches.linksFit || actual.isSameRecord(a, b);
  return { ...actual, isSameRecord };
});
jest.mock('../../../core/src/journal/fence.js', () => {
  const actual = jest.requireActual<{ compareEpochs(a: unknown, b: unknown): number }>(
    '../../../core/src/journal/fence.js',
  );
  const compareEpochs = (a: unknown, b: unknown): number => {
    const order = actual.compareEpochs(a, b);
    return mockSwitches.epochsRise ? Math.abs(order) : order;
  };
  return { ...actual, compareEpochs };
});
jest.mock('../../../core/src/clock/clock.js', () => {
  const actual = jest.requireActual<{ within(...args: unknown[]): Promise<unknown> }>(
    '../../../core/src/clock/clock.js',
  );
  const within = (...args: unknown[]): Promise<unknown> =>
    mockSwitches.waitsForEver ? (args[2] as Promise<unknown>) : actual.within(...args);
  return { ...actual, within };
});

/** Every flaw is found in fewer schedules than an ordinary run of the model has. */
const BOUND = 3_000;

describe('the fleet model', () => {
  it.each(Object.entries(FLAWS))(
    'finds that %s',
    async (name, { law, isCalm, apply }) => {
      const undo = apply();
      try {
        const plans = isCalm ? calmPlans : stormyPlans({ hasL1: true });
        const { failure, runs } = await search({ plans, seed: 4, runs: BOUND, isShrunk: false });
        if (process.env['VITALCACHE_MODEL_RUNS']) process.stderr.write(`${runs}: ${name}\n`);
        expect(failure).toMatch(law);
      } finally {
        undo();
      }
    },
    600_000,
  );
});
