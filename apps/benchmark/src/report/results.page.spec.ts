import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { madeRun, madeScenario, madeWay } from '../../test/made-results.js';
import { readRun } from '../results/run-files.js';
import { reasonFor } from './reasons.js';
import { aheadIn, resultsWith } from './results.page.js';

const DOCS = join(__dirname, '../../../../docs');
const run = readRun(join(DOCS, 'benchmark.json'));

describe('docs/results.md', () => {
  it('has the tables of docs/benchmark.json: otherwise run `npm run sizing -- --write`', () => {
    const page = readFileSync(join(DOCS, 'results.md'), 'utf8');
    expect(resultsWith(page, run)).toBe(page);
  });

  it('says of every cache that is ahead why', () => {
    const unknown = aheadIn(run).filter(({ scenario, other }) => !reasonFor(scenario, other));
    expect(unknown).toEqual([]);
  });
});

describe('aheadIn', () => {
  const found = (own: number[], other: number[], isMoreBetter = false) =>
    aheadIn(
      madeRun([
        madeScenario('read', [madeWay('vitalcache', own), madeWay('bentocache', other)], {
          isMoreBetter,
        }),
      ]),
    ).map(({ other: { peer, factor } }) => [peer, factor]);

  it('names who takes less in most rounds', () => {
    expect(found([10, 10, 10, 10], [5, 5, 5, 5])).toEqual([['bentocache', 2]]);
    expect(found([10, 10, 10, 10], [5, 20, 20, 5])).toEqual([]);
    expect(found([10, 10, 10, 10], [20, 20, 20, 20])).toEqual([]);
  });

  it('takes more for better where it is', () => {
    expect(found([10, 10], [20, 20], true)).toEqual([['bentocache', 2]]);
  });
});
