import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readRun } from '../results/run-files.js';
import { measuredInputs } from './measured-inputs.js';
import { guideWith } from './scale-guide.js';

const DOCS = join(__dirname, '../../../../docs');
const run = readRun(join(DOCS, 'benchmark.json'));

describe('docs/scale.md', () => {
  it('has the tables of docs/benchmark.json: otherwise run `npm run sizing -- --write`', () => {
    const guide = readFileSync(join(DOCS, 'scale.md'), 'utf8');
    expect(guideWith(guide, run)).toBe(guide);
  });
});

describe('measuredInputs', () => {
  it('finds a number for everything', () => {
    for (const value of Object.values(measuredInputs(run))) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  it('names what a run lacks', () => {
    const lacking = { ...run, scenarios: run.scenarios.filter(({ name }) => name !== 'scale') };
    expect(() => measuredInputs(lacking)).toThrow(/measured no scale/);
  });
});
