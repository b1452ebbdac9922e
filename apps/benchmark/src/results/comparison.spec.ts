import { madeRun, madeScenario, madeWay } from '../../test/made-results.js';
import { compareRuns } from './comparison.js';

const runOf = (bare: number[], own: number[]) =>
  madeRun([madeScenario('read', [madeWay('bare', bare), madeWay('own', own)])]);

describe('compareRuns', () => {
  it('compares ratios, so that a slower machine is no change', () => {
    const changes = compareRuns(runOf([10, 10, 10], [5, 5, 5]), runOf([40, 40, 40], [20, 20, 20]));
    expect(changes.find(({ way }) => way === 'own')).toMatchObject({
      factor: 1,
      isBeyondSpread: false,
    });
  });

  it('says what became better beyond the spread', () => {
    const changes = compareRuns(runOf([10, 10, 10], [5, 5, 5]), runOf([10, 10, 10], [2, 2, 2]));
    expect(changes.find(({ way }) => way === 'own')).toMatchObject({
      factor: 2.5,
      isBeyondSpread: true,
    });
  });

  it('leaves out what only one of them measured', () => {
    const older = madeRun([madeScenario('other', [madeWay('own', [1])])]);
    expect(compareRuns(older, runOf([1], [1]))).toEqual([]);
  });
});
