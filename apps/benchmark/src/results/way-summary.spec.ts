import { madeScenario, madeWay } from '../../test/made-results.js';
import { summariesOf } from './way-summary.js';

describe('summariesOf', () => {
  it('says how many times as good as the reference of the same round a way is', () => {
    const ways = [madeWay('bare', [10, 100, 10]), madeWay('own', [5, 50, 5])];
    const [bare, own] = summariesOf(madeScenario('read', ways));
    expect(bare?.ratio).toEqual({ low: 1, median: 1, high: 1 });
    expect(own?.ratio).toEqual({ low: 2, median: 2, high: 2 });
    expect(own?.cpuRatio).toBe(2);
  });

  it('turns the ratio where more is better', () => {
    const ways = [madeWay('bare', [100]), madeWay('own', [90])];
    const [, own] = summariesOf(madeScenario('route', ways, { isMoreBetter: true }));
    expect(own?.ratio?.median).toBe(0.9);
  });

  it('compares at the same place of an axis, and with the first of its name where there is no reference', () => {
    const ways = [
      madeWay('bare', [10], 1),
      madeWay('own', [5], 1),
      madeWay('bare', [30], 2),
      madeWay('own', [6], 2),
    ];
    const axis = { axis: 'entries' };
    const ratios = (reference: string): (number | undefined)[] =>
      summariesOf(madeScenario('scale', ways, { ...axis, reference })).map(
        ({ ratio }) => ratio?.median,
      );
    expect(ratios('bare')).toEqual([1, 2, 1, 5]);
    expect(ratios('nobody')).toEqual([1, 1, 1 / 3, 5 / 6]);
  });

  it('has no numbers of a way that failed, and no ratios to one', () => {
    const failed = { ...madeWay('bare', []), failure: 'wrong value' };
    const [bare, own] = summariesOf(madeScenario('read', [failed, madeWay('own', [5])]));
    expect(bare).toMatchObject({ value: null, failure: 'wrong value' });
    expect(own).toMatchObject({ ratio: null, value: { median: 5 } });
  });
});
