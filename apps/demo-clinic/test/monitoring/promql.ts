import { parser } from '@prometheus-io/lezer-promql';

/** What a query takes from a metric. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** What a query reads, and by which labels it groups or joins. */
export interface Query {
  readonly selectors: readonly Selector[];
  readonly grouping: readonly string[];
}

/**
 * Reads a query as Prometheus does, with what Grafana puts in the place of its variables.
 * @throws Error where the query is none
 */
export function parseQuery(expression: string): Query {
  const text = expression
    .replaceAll(/\$__(rate_)?interval/g, '5m')
    .replaceAll(/\$\{?(cache|instance)\}?/g, '.*');
  const selectors: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      const written = text.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at "${text.slice(from, from + 30)}": ${text}`);
      if (type.name === 'VectorSelector') {
        const metric = node.getChild('Identifier');
        if (!metric) throw new Error(`a selector without a metric: ${text}`);
        selectors.push({ metric: text.slice(metric.from, metric.to), labels: [] });
      }
      if (type.name !== 'LabelName') return;
      const isMatcher = node.parent?.type.name.endsWith('LabelMatcher') ?? false;
      if (isMatcher) selectors.at(-1)?.labels.push(written);
      else grouping.push(written);
    },
  });
  return { selectors, grouping };
}
