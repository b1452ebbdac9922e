import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  CANARY_MARKS,
  CANARY_PATIENT,
  CanarySweep,
  contentPlace,
  recordOutput,
  spanPlace,
  until,
  type OutputRecording,
} from '@vitalcache/testing';
import { Gauge, Registry } from 'prom-client';
import { parse } from 'yaml';

import { DemoApi } from './demo-api.js';
import { panelsOf, read, readDashboard, rulesOf, runbookAnchors } from './monitoring/dashboard.js';
import { markPatients, MARKED, readPatients } from './monitoring/marked-patients.js';
import { parseScrape, type MetricFamily } from './monitoring/prometheus-text.js';
import { parseQuery } from './monitoring/promql.js';

/** What Prometheus adds by itself. */
const OF_PROMETHEUS: Readonly<Record<string, readonly string[]>> = { up: ['job', 'instance'] };
const TARGET_LABELS = ['job', 'instance'];
/** The patient's id stands in keys and tags, and so is a mark as well. */
const MARKS = [...CANARY_MARKS, 'patient-000002', CANARY_PATIENT.mrn.toLowerCase()];

interface Compose {
  readonly services: Readonly<Record<string, { readonly volumes?: readonly string[] }>>;
}

describe('the demo under load, watched', () => {
  let api: DemoApi;
  let scraped: ReadonlyMap<string, MetricFamily>;
  let output: OutputRecording;
  const spans = new InMemorySpanExporter();
  const scrape = async (): Promise<string> => {
    const { status, body } = await api.get('/metrics');
    expect(status).toBe(200);
    return String(body);
  };

  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
    );
    output = recordOutput('output');
    api = await DemoApi.open();
    await markPatients(api);
    await readPatients(api);
    await until('a probe', async () => {
      await api.get('/clinics');
      return /probes_total\{[^}]*outcome="fresh"\} [1-9]/.test(await scrape());
    });
    scraped = parseScrape(await scrape());
  }, 120_000);
  afterAll(async () => {
    await api.close();
    output.stop();
    trace.disable();
    context.disable();
  });

  const sum = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    (scraped.get(name)?.samples ?? [])
      .filter((sample) => Object.entries(labels).every(([key, of]) => sample.labels[key] === of))
      .reduce((total, { value }) => total + value, 0);

  it('is scraped as text that a strict parser reads, and says what was done', async () => {
    expect(
      sum('vitalcache_operations_total', { operation: 'read', outcome: 'hit' }),
    ).toBeGreaterThan(20);
    expect(sum('vitalcache_operations_total', { operation: 'invalidate' })).toBeGreaterThan(3);
    expect(sum('vitalcache_loads_total', { reason: 'read' })).toBeGreaterThan(5);
    expect(sum('vitalcache_stampedes_absorbed_total')).toBeGreaterThan(0);
    expect(sum('vitalcache_staleness_probes_total', { outcome: 'fresh' })).toBeGreaterThan(0);
    expect(sum('vitalcache_staleness_probes_total', { outcome: 'stale' })).toBe(0);
    expect(sum('vitalcache_health_status')).toBe(0);
    const templates = scraped.get('vitalcache_operations_total')?.samples ?? [];
    expect(templates.map(({ labels }) => labels['template'])).toContain(
      'patient:{patientId}:profile',
    );
  });

  /** What is wrong with the queries: metrics and labels that no scrape has. */
  const problemsOf = (expressions: readonly string[]): string[] =>
    expressions.flatMap((expression) => {
      const { selectors, grouping } = parseQuery(expression);
      const labelsOf = (metric: string): readonly string[] => {
        if (OF_PROMETHEUS[metric]) return OF_PROMETHEUS[metric];
        const family =
          scraped.get(metric) ?? scraped.get(metric.replace(/_(bucket|sum|count)$/, ''));
        const samples = family?.samples.filter(({ name }) => name === metric) ?? [];
        if (samples.length === 0) return [];
        return [...TARGET_LABELS, ...samples.flatMap(({ labels }) => Object.keys(labels))];
      };
      const all = selectors.flatMap(({ metric }) => labelsOf(metric));
      return [
        ...selectors.flatMap(({ metric, labels }) => {
          const known = labelsOf(metric);
          if (known.length === 0) return [`${metric} is in no scrape`];
          return labels
            .filter((label) => !known.includes(label))
            .map((label) => `${metric} has no label ${label}`);
        }),
        ...grouping
          .filter((label) => !all.includes(label))
          .map((label) => `${label} is no label of ${expression}`),
      ];
    });

  it('finds out queries that no scrape answers', () => {
    expect(
      problemsOf([
        'vitalcache_hits_total',
        'sum by (key) (vitalcache_loads_total)',
        'vitalcache_store_up{tenant="a"}',
        'rate(vitalcache_operation_duration_seconds[5m])',
      ]),
    ).toHaveLength(4);
    expect(() => problemsOf(['sum(vitalcache_store_up'])).toThrow('no PromQL');
    expect(problemsOf(['up{job="vitalcache"} == 0'])).toEqual([]);
  });

  describe('its dashboard', () => {
    const dashboard = readDashboard();
    const panels = panelsOf(dashboard);

    it('asks only for metrics and labels that the demo has', () => {
      const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
      const lists = dashboard.templating.list.flatMap((one) =>
        one.type === 'query' ? one.query.query : [],
      );
      const asQueries = lists.map((list) => {
        const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(list) ?? [];
        return `sum by (${label}) (${selector})`;
      });
      expect(queries.length).toBeGreaterThan(25);
      expect(problemsOf([...queries, ...asQueries])).toEqual([]);
      for (const query of queries) expect(query).toContain('cache=~"$cache",instance=~"$instance"');
    });

    it('has what somebody on call looks for, each panel with a word of explanation', () => {
      const words = panels.map(({ title, targets }) =>
        [title, ...targets.map(({ expr }) => expr)].join(' '),
      );
      for (const wanted of [
        /Hit rate/,
        /histogram_quantile\(0\.99/,
        /journal_lag/,
        /journal_blind/,
        /invalidations_queued\{/,
        /breaker_state/,
        /store_up/,
        /per million/,
        /loads_saved/,
        /refreshes_shed/,
        /l1_bytes/,
        /pool_busy/,
      ]) {
        expect(words.some((word) => wanted.test(word))).toBe(true);
      }
    });

    it('names each panel once, lets none cover another, and refers to what is there', () => {
      const all = [...dashboard.panels, ...panels];
      const ids = new Map(all.map((one) => [one.id, one]));
      expect(ids.size).toBe(new Set(all).size);
      const open = dashboard.panels.map(({ gridPos }) => gridPos);
      for (const [i, a] of open.entries()) {
        const covered = open.slice(i + 1).filter((b) => {
          const beside = a.x + a.w <= b.x || b.x + b.w <= a.x;
          return !beside && !(a.y + a.h <= b.y || b.y + b.h <= a.y);
        });
        expect(covered).toEqual([]);
      }
      const anchors = panels.flatMap(({ description }) =>
        [...description.matchAll(/watch\.md#([a-z0-9-]+)/g)].map(([, anchor = '']) => anchor),
      );
      expect(anchors.length).toBeGreaterThan(10);
      expect(runbookAnchors()).toEqual(expect.arrayContaining(anchors));
    });
  });

  describe('its alerts', () => {
    const rules = rulesOf(parse(read('monitoring/prometheus/vitalcache.rules.yml')));

    it('ask only for metrics and labels that the demo has', () => {
      expect(problemsOf(rules.map(({ expr }) => expr))).toEqual([]);
    });

    it('say what to do, those in the process at the same place', () => {
      const anchors = runbookAnchors();
      expect(new Set(anchors).size).toBe(anchors.length);
      const linked = rules.map(({ annotations }) => annotations.runbook_url.split('#')[1]);
      expect(anchors).toEqual(expect.arrayContaining(linked));
      const firing = scraped.get('vitalcache_alert_firing')?.samples ?? [];
      const inside = firing.map(({ labels }) => labels['alert']);
      expect(inside).toContain('staleness');
      expect(anchors).toEqual(expect.arrayContaining(inside));
      expect(linked).toEqual(expect.arrayContaining(inside));
    });

    it('are called differently, and each has a case for promtool', () => {
      const names = rules.map(({ alert }) => alert);
      expect(new Set(names).size).toBe(names.length);
      const cases = read('monitoring/prometheus/vitalcache.rules.test.yml');
      for (const name of names) expect(cases).toContain(`"${name}"`);
    });
  });

  it('is provisioned with files that are there', () => {
    const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
    const mounts = ['prometheus', 'grafana'].flatMap(
      (name) => compose.services[name]?.volumes ?? [],
    );
    const folders = mounts.map((mount) => mount.split(':')[0]?.slice(2));
    expect(folders).toEqual([
      'monitoring/prometheus',
      'monitoring/grafana/provisioning',
      'monitoring/grafana/dashboards',
    ]);
    const { rule_files } = parse(read('monitoring/prometheus/prometheus.yml'));
    expect(rule_files).toEqual(['vitalcache.rules.yml']);
    const [source] = parse(
      read('monitoring/grafana/provisioning/datasources/prometheus.yml'),
    ).datasources;
    expect(source).toMatchObject({ type: 'prometheus', url: 'http://prometheus:9090' });
    const [folder] = parse(
      read('monitoring/grafana/provisioning/dashboards/vitalcache.yml'),
    ).providers;
    expect(mounts).toContain(`./monitoring/grafana/dashboards:${folder.options.path}:ro`);
  });

  describe('and marked patients', () => {
    const sweep = new CanarySweep(MARKS);
    const places = () => [
      contentPlace('scrape', scrape),
      spanPlace('spans', () => spans.getFinishedSpans()),
      contentPlace(
        'queries',
        JSON.stringify([readDashboard(), read('monitoring/prometheus/vitalcache.rules.yml')]),
      ),
      output.place,
    ];

    it('are in what the demo answers, and so were handled', async () => {
      const { body } = await api.get(`${MARKED}/records`);
      const { findings } = await sweep.search([contentPlace('answer', JSON.stringify(body))]);
      expect(new Set(findings.map(({ mark }) => mark)).size).toBeGreaterThan(2);
    });

    it('are not in the scrape, the spans, the queries of Grafana, or the output', async () => {
      const report = await sweep.search(places());
      expect(report.findings).toEqual([]);
      expect(report.unread).toEqual([]);
      for (const place of ['scrape', 'spans', 'queries', 'output']) {
        expect(report.searched[place]).toBeGreaterThan(300);
      }
      const names = new Set(spans.getFinishedSpans().map(({ name }) => name));
      for (const name of ['cache.read', 'cache.load', 'cache.write', 'cache.invalidate']) {
        expect(names).toContain(name);
      }
    });

    it('would be found there', async () => {
      const registry = api.app.get(Registry);
      const gauge = new Gauge({
        name: 'leak',
        help: 'a leak',
        labelNames: ['who'],
        registers: [registry],
      });
      gauge.set({ who: CANARY_PATIENT.name }, 1);
      trace
        .getTracer('leak')
        .startSpan('read', { attributes: { key: 'patient:patient-000002' } })
        .end();
      process.stdout.write(`${CANARY_PATIENT.email}\n`);
      const { findings } = await sweep.search(places());
      registry.removeSingleMetric('leak');
      expect([...new Set(findings.map(({ place }) => place))]).toEqual([
        'scrape',
        'spans',
        'output',
      ]);
    });
  });
});
