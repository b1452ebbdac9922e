import { madeRun, madeScenario, madeWay } from '../../test/made-results.js';
import { summaryLines } from './summary-lines.js';

describe('summaryLines', () => {
  const run = madeRun([madeScenario('read', [madeWay('bare', [10]), madeWay('own', [5])])]);

  it('names what falls short', () => {
    const budgets = [{ name: 'reading', text: 'at least 3 x', measured: 2, isHeld: false }];
    expect(summaryLines(run, budgets, null)).toContain(
      '  ✖ falls short: reading: 2 (at least 3 x)',
    );
  });

  it('names stores that could not be had', () => {
    expect(summaryLines(run, [], null)).toContain('dragonfly was not measured: there is none');
  });

  it('shows ratios first', () => {
    const line = summaryLines(run, [], null).find((text) => text.startsWith('  own')) ?? '';
    expect(line.trim().split(/\s+/).slice(1)).toEqual(['2', '×', '5', 'us,', 'CPU', '2.5']);
  });
});
