import { BUDGETS } from '../results/budgets.js';
import { ALL_SCENARIOS } from '../scenarios/all-scenarios.js';
import { readCommand } from './benchmark.program.js';

const scenariosOf = (...flags: string[]): string[] =>
  readCommand(['node', 'benchmark', ...flags]).plan.scenarios.map(({ name }) => name);

describe('readCommand', () => {
  it('takes every scenario', () => {
    expect(scenariosOf()).toEqual(ALL_SCENARIOS.map(({ name }) => name));
  });

  it('takes those that a budget is about, and that are short, for a first look, unless some are named', () => {
    const budgeted = new Set(BUDGETS.map(({ scenario }) => scenario));
    for (const long of ['scale', 'nest-start', 'seal', 'open'])
      expect(budgeted.delete(long)).toBe(true);
    expect(new Set(scenariosOf('--quick'))).toEqual(budgeted);
    expect(scenariosOf('--quick', '--scenario', 'encode')).toEqual(['encode']);
  });

  it('asks no races of those who name scenarios', () => {
    expect(readCommand(['node', 'benchmark']).plan.races).not.toEqual([]);
    expect(readCommand(['node', 'benchmark', '--scenario', 'encode']).plan.races).toEqual([]);
  });
});
