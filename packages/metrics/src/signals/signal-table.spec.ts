import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  openTelemetryName,
  prometheusName,
  SIGNAL_LABELS,
  SIGNALS,
  type SignalName,
} from './signal-table.js';

const names = Object.keys(SIGNALS) as SignalName[];

describe('SIGNALS', () => {
  it('are what their page says, each with its type and labels', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/metrics.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(vitalcache_\w+)` +\| (\w+) +\| ([^|]*)\|/gm)];
    const said = rows.map(([, name, type, labels = '']) => {
      const outside = labels.replace(/\([^)]*\)/g, ''); // values stand in parentheses
      return [name, type, [...outside.matchAll(/`(\w+)`/g)].map(([, label]) => label)];
    });
    const defined = names.map((name) => {
      const { type, labels } = SIGNALS[name];
      return [prometheusName(name), type, [...labels]];
    });
    expect(said.sort()).toEqual(defined.sort());
  });

  it('have labels of the allow-list only', () => {
    for (const name of names) {
      for (const label of SIGNALS[name].labels) expect(SIGNAL_LABELS).toContain(label);
    }
    const personal = ['key', 'tag', 'tenant', 'pattern', 'message', 'user', 'patient'];
    expect(SIGNAL_LABELS.filter((label) => personal.includes(label))).toEqual([]);
  });

  it('are spelled as Prometheus and OpenTelemetry want it', () => {
    expect(prometheusName('journal.lag')).toBe('vitalcache_journal_lag_seconds');
    expect(prometheusName('l1')).toBe('vitalcache_l1_bytes');
    expect(prometheusName('loads.saved')).toBe('vitalcache_loads_saved_total');
    expect(openTelemetryName('journal.lag')).toBe('vitalcache.journal.lag');
    for (const name of names) expect(prometheusName(name)).toMatch(/^[a-z][a-z0-9_]*$/);
  });
});
