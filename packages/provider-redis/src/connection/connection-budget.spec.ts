import { ConnectionBudget } from './connection-budget.js';

describe('ConnectionBudget', () => {
  it('gives connections up to the bound, and again those that came back', () => {
    const budget = new ConnectionBudget(2);
    expect([budget.tryTake(), budget.tryTake(), budget.tryTake()]).toEqual([true, true, false]);
    budget.giveBack();
    expect(budget.tryTake()).toBe(true);
    expect(budget.taken).toBe(2);
  });

  it('never refuses one that nothing works without, and counts it', () => {
    const budget = new ConnectionBudget(1);
    budget.take();
    budget.take();
    expect(budget.taken).toBe(2);
    budget.giveBack();
    expect(budget.tryTake()).toBe(false);
    budget.giveBack();
    expect(budget.tryTake()).toBe(true);
  });
});
