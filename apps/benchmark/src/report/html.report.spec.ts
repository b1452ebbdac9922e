import { madeRun, madeScenario, madeWay } from '../../test/made-results.js';
import { htmlReport } from './html.report.js';

const result = madeRun(
  [
    madeScenario('read', [madeWay('bare', [10, 11]), madeWay('vitalcache', [5, 6])]),
    madeScenario('scale', [madeWay('vitalcache', [5], 10), madeWay('vitalcache', [6], 100)], {
      axis: 'entries',
    }),
    madeScenario('lost', [], { failure: 'it did not <end>' }),
  ],
  { races: [{ race: 'stale', title: 'Is it?', peer: 'bare', verdict: 'fail', seen: 'old' }] },
);
const html = htmlReport({
  result,
  budgets: [{ name: 'reading', text: 'at least 3 x', measured: 2, isHeld: false }],
  changes: null,
  adapters: { bare: "const options = { ttl: 1, tags: ['<a>'] };" },
});

describe('htmlReport', () => {
  it('needs no other file', () => {
    expect(html).not.toMatch(/<script|<link|@import|url\((?!#)|src=/);
  });

  it('draws each scenario that was measured', () => {
    expect(html.match(/<svg role="img"/g)).toHaveLength(2);
    expect(html).toContain('>2 ×');
  });

  it('says what fell short, what failed and what was lost', () => {
    expect(html).toContain('falls short');
    expect(html).toMatch(/class="mark bad" title="old">fail/);
    expect(html).toContain('it did not &lt;end&gt;');
  });

  it('shows how each cache was set up, on what, and what was not measured', () => {
    expect(html).toContain("tags: ['&lt;a&gt;']");
    expect(html).toContain('bare 1.2.3');
    expect(html).toContain('not measured: there is none');
  });

  it('takes its colours from the page, so that it can turn dark', () => {
    const [svg = ''] = /<svg role="img".*?<\/svg>/s.exec(html) ?? [];
    expect(svg).toContain('var(--ink)');
    expect(svg.replaceAll('fill="none"', '')).not.toMatch(/(fill|stroke)="(#|rgb)/);
  });
});
