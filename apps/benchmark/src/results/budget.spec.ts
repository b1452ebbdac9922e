import { madeScenario, madeWay } from '../../test/made-results.js';
import { checkBudgets, type Budget } from './budget.js';
import { BUDGETS } from './budgets.js';
import { ALL_SCENARIOS } from '../scenarios/all-scenarios.js';

const budget = (bound: Budget['bound'], limit: number): Budget => ({
  name: 'reading',
  scenario: 'read',
  bound,
  limit,
  unit: 'x',
  measure: (ways) => ways.find((way) => way.name === 'own')?.ratio?.median,
});
const run = { scenarios: [madeScenario('read', [madeWay('bare', [10]), madeWay('own', [5])])] };

describe('checkBudgets', () => {
  it.each([
    ['at least', 1.9, true],
    ['at least', 2.1, false],
    ['at most', 2.1, true],
    ['at most', 1.9, false],
  ] as const)('holds a ratio of 2 to %s %d', (bound, limit, isHeld) => {
    expect(checkBudgets(run, [budget(bound, limit)])).toMatchObject([{ measured: 2, isHeld }]);
  });

  it('does not take for held what was not measured', () => {
    const results = checkBudgets({ scenarios: [] }, [budget('at most', 9)]);
    expect(results).toMatchObject([{ measured: null, isHeld: false }]);
  });
});

describe('BUDGETS', () => {
  it('ask scenarios that exist', () => {
    const known = ALL_SCENARIOS.map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining(BUDGETS.map(({ scenario }) => scenario)));
  });
});
