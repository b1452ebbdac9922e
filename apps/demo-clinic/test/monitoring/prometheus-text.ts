/** One line of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with all its samples; those of a histogram end in `_bucket`, `_sum` and `_count`. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const NUMBER = /^[+-]?(?:Inf|\d+(?:\.\d+)?(?:e[+-]?\d+)?)$|^NaN$/i;

/**
 * Reads the text format of Prometheus, version 0.0.4, and what must hold beyond its grammar: every metric has a type and
 * stands in one piece, no series is there twice, counters are not negative, and buckets add up.
 * @throws Error naming the line
 */
export function parseScrape(text: string): ReadonlyMap<string, MetricFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<
    string,
    { name: string; type: string; help: string; samples: Sample[] }
  >();
  const series = new Set<string>();
  let current = '';
  for (const [index, line] of text.split('\n').entries()) {
    const fail = (why: string): never => {
      throw new Error(`line ${index + 1}: ${why}: ${line}`);
    };
    if (line === '') continue;
    const [, helped, help = ''] = HELP.exec(line) ?? [];
    const [, typed, type = ''] = TYPE.exec(line) ?? [];
    if (helped !== undefined) {
      if (families.has(helped)) fail('a second HELP');
      families.set(helped, { name: helped, type: '', help, samples: [] });
      current = helped;
    } else if (typed !== undefined) {
      const family = families.get(typed) ?? fail('no HELP before it');
      if (typed !== current || family.type !== '') fail('not where its metric begins');
      family.type = type;
    } else {
      const sample = sampleOf(line) ?? fail('no sample');
      const family = families.get(current) ?? fail('no metric before it');
      if (!belongs(sample.name, family)) fail(`no part of ${current}`);
      if (family.type !== 'gauge' && sample.value < 0) fail('below 0');
      const id = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (series.has(id)) fail('the same series again');
      series.add(id);
      family.samples.push(sample);
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') assertHistogram(family);
  return families;
}

function sampleOf(line: string): Sample | null {
  const [, name, inner = '', number = ''] = SAMPLE.exec(line) ?? [];
  if (name === undefined || !NUMBER.test(number)) return null;
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < inner.length; at = LABEL.lastIndex) {
    const [, label, value = ''] = LABEL.exec(inner) ?? [];
    if (label === undefined || label in labels) return null;
    labels[label] = value.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : String(char)));
  }
  return { name, labels, value: Number(number.replace('Inf', 'Infinity')) };
}

function belongs(sample: string, { name, type }: MetricFamily): boolean {
  if (type !== 'histogram') return type !== '' && sample === name;
  return ['_bucket', '_sum', '_count'].some((suffix) => sample === `${name}${suffix}`);
}

function assertHistogram({ name, samples }: MetricFamily): void {
  const groups = new Map<string, { buckets: [number, number][]; count?: number; sum?: number }>();
  for (const { name: sample, labels, value } of samples) {
    const { le, ...rest } = labels;
    const id = JSON.stringify(Object.entries(rest).sort());
    const group = groups.get(id) ?? { buckets: [] };
    groups.set(id, group);
    if (sample.endsWith('_bucket'))
      group.buckets.push([Number(le?.replace('Inf', 'Infinity')), value]);
    else if (sample.endsWith('_count')) group.count = value;
    else group.sum = value;
  }
  for (const { buckets, count, sum } of groups.values()) {
    const rises = buckets.every(
      ([bound, value], i) => i === 0 || (bound > buckets[i - 1]![0] && value >= buckets[i - 1]![1]),
    );
    const [last, total] = buckets.at(-1) ?? [NaN, NaN];
    if (!rises || last !== Infinity || total !== count || sum === undefined) {
      throw new Error(`the buckets of ${name} do not add up`);
    }
  }
}
