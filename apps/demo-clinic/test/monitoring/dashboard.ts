import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

const ROOT = join(__dirname, '../../../..');

/** A file of the repository. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const templated = z.strictObject({
  type: z.literal('prometheus'),
  uid: z.literal('${datasource}'),
});
const gridPos = z.strictObject({
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1),
});
const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: templated,
  editorMode: z.literal('code'),
  expr: z.string().min(1),
  legendFormat: z.string(),
  range: z.boolean(),
  instant: z.boolean().optional(),
});
const panel = z.strictObject({
  id: z.int(),
  type: z.enum(['stat', 'timeseries']),
  title: z.string().min(1),
  description: z.string().min(20),
  gridPos,
  datasource: templated,
  targets: z.array(target).min(1),
  fieldConfig: z.strictObject({
    defaults: z.looseObject({
      unit: z.string(),
      thresholds: z.strictObject({
        mode: z.literal('absolute'),
        steps: z.array(z.strictObject({ color: z.string(), value: z.number().nullable() })).min(1),
      }),
    }),
    overrides: z.array(z.never()),
  }),
  options: z.looseObject({}),
});
const row = z.strictObject({
  id: z.int(),
  type: z.literal('row'),
  title: z.string().min(1),
  collapsed: z.boolean(),
  gridPos,
  panels: z.array(panel),
});
const variable = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('datasource'),
    name: z.literal('datasource'),
    query: z.literal('prometheus'),
  }),
  z.looseObject({
    type: z.literal('query'),
    name: z.enum(['cache', 'instance']),
    datasource: templated,
    query: z.looseObject({ query: z.string() }),
  }),
]);

/** What the dashboard uses of Grafana's schema (11 and later); anything else in it is a mistake. */
const dashboardSchema = z.looseObject({
  uid: z.string().min(1),
  title: z.string().min(1),
  schemaVersion: z.int().min(39),
  tags: z.array(z.string()),
  templating: z.strictObject({ list: z.array(variable).min(3) }),
  panels: z.array(z.discriminatedUnion('type', [panel, row])),
});

export type Dashboard = z.infer<typeof dashboardSchema>;
export type Panel = z.infer<typeof panel>;

export function readDashboard(): Dashboard {
  const text = read('monitoring/grafana/dashboards/vitalcache.json');
  return dashboardSchema.parse(JSON.parse(text));
}

/** All panels that show something, also those in collapsed rows. */
export function panelsOf({ panels }: Dashboard): readonly Panel[] {
  return panels.flatMap((one) => (one.type === 'row' ? one.panels : [one]));
}

const ruleFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Vitalcache[A-Z]\w+$/),
          expr: z.string().min(1),
          for: z
            .string()
            .regex(/^\d+[sm]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({
            summary: z.string().min(10),
            description: z.string().min(20),
            runbook_url: z.string().regex(/^docs\/watch\.md#[a-z0-9-]+$/),
          }),
        }),
      ),
    }),
  ),
});

export type Rule = z.infer<typeof ruleFile>['groups'][number]['rules'][number];

/** @param parsed of YAML */
export function rulesOf(parsed: unknown): readonly Rule[] {
  return ruleFile.parse(parsed).groups.flatMap(({ rules }) => rules);
}

/** Anchors of the page that says what to do. */
export function runbookAnchors(): readonly string[] {
  return [...read('docs/watch.md').matchAll(/<a id="([a-z0-9-]+)">/g)].map(([, id = '']) => id);
}
