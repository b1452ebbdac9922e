import { parseScrape } from './prometheus-text.js';

const HITS = '# HELP hits_total Hits.\n# TYPE hits_total counter\n';
const TIMES = '# HELP t Times.\n# TYPE t histogram\n';

describe('parseScrape', () => {
  it('reads names, labels with everything escaped, and numbers', () => {
    const text = `${HITS}hits_total{a="x\\"\\\\\\n{},=",b=""} 1.5e+3\nhits_total +Inf\n\n# HELP g G.\n# TYPE g gauge\ng -2\n`;
    const families = parseScrape(text);
    expect(families.get('hits_total')).toEqual({
      name: 'hits_total',
      type: 'counter',
      help: 'Hits.',
      samples: [
        { name: 'hits_total', labels: { a: 'x"\\\n{},=', b: '' }, value: 1_500 },
        { name: 'hits_total', labels: {}, value: Infinity },
      ],
    });
    expect(families.get('g')?.samples).toEqual([{ name: 'g', labels: {}, value: -2 }]);
  });

  it('reads histograms', () => {
    const text = `${TIMES}t_bucket{le="1"} 1\nt_bucket{le="+Inf"} 2\nt_sum 3\nt_count 2\n`;
    expect(parseScrape(text).get('t')?.samples).toHaveLength(4);
  });

  it.each<[string, string]>([
    ['no end', `${HITS}hits_total 1`],
    ['no type', '# HELP a A.\na 1\n'],
    ['no help', '# TYPE a counter\na 1\n'],
    ['another metric’s sample', `${HITS}misses_total 1\n`],
    [
      'a metric in two pieces',
      `${HITS}hits_total 1\n# HELP b B.\n# TYPE b gauge\n${HITS}hits_total 2\n`,
    ],
    ['two types', `${HITS}# TYPE hits_total gauge\n`],
    ['the same series again', `${HITS}hits_total{a="1",b="2"} 1\nhits_total{b="2",a="1"} 1\n`],
    ['a label twice', `${HITS}hits_total{a="1",a="2"} 1\n`],
    ['a quote in a label', `${HITS}hits_total{a="1"2"} 1\n`],
    ['an unknown escape', `${HITS}hits_total{a="\\t"} 1\n`],
    ['no comma', `${HITS}hits_total{a="1"b="2"} 1\n`],
    ['no number', `${HITS}hits_total undefined\n`],
    ['a negative counter', `${HITS}hits_total -1\n`],
    [
      'buckets that fall',
      `${TIMES}t_bucket{le="1"} 3\nt_bucket{le="+Inf"} 2\nt_sum 3\nt_count 2\n`,
    ],
    ['no last bucket', `${TIMES}t_bucket{le="1"} 2\nt_sum 3\nt_count 2\n`],
    ['another count', `${TIMES}t_bucket{le="+Inf"} 2\nt_sum 3\nt_count 3\n`],
    ['no sum', `${TIMES}t_bucket{le="+Inf"} 2\nt_count 2\n`],
  ])('refuses %s', (_, text) => {
    expect(() => parseScrape(text)).toThrow();
  });
});
