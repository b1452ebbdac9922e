import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([
  BarChart,
  CustomChart,
  LineChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  SVGRenderer,
]);

/** Colours of the page, so that a chart follows when it turns dark. */
export const INK = 'var(--ink)';
export const MUTED = 'var(--muted)';
export const LINE = 'var(--line)';
export const OWN = 'var(--own)';
export const OTHER = 'var(--other)';
export const SERIES = [
  'var(--own)',
  'var(--s1)',
  'var(--s2)',
  'var(--s3)',
  'var(--s4)',
  'var(--s5)',
];

/** Narrow enough to be read on a phone without scaling below what an eye can take. */
export const WIDTH = 440;

/** A chart as SVG that fills the width it is given. */
export function renderChart(option: EChartsCoreOption, height: number, label: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption({ animation: false, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  const named = `role="img" aria-label="${escapeHtml(label)}"`;
  // Its size comes from the page; what stays is the box that it is drawn in.
  const still = svg.replace(/<style[^]*?<\/style>/, ''); // what happens under a pointer
  return still.replace(/<svg width="\d+" height="\d+"/, `<svg ${named}`);
}

export function escapeHtml(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => named[character] as string);
}
