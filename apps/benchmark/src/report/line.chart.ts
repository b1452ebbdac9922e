import { INK, LINE, MUTED, renderChart, SERIES } from './chart.renderer.js';
import { shortNumber } from './number-format.js';

export interface Line {
  readonly label: string;
  readonly points: readonly (readonly [number | string, number])[];
}

const HEIGHT_PX = 260;

/** Lines of medians over what the scenario's ways differ in; sizes stand on a logarithmic axis. */
export function lineChart(
  lines: readonly Line[],
  axes: { readonly x: string; readonly y: string },
  label: string,
): string {
  const places = [...new Set(lines.flatMap(({ points }) => points.map(([at]) => at)))];
  const areSizes = places.every((at) => typeof at === 'number');
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const isLog = Math.max(...values) > Math.min(...values) * 30;
  return renderChart(
    {
      grid: { left: 52, right: 18, top: 26 + 20 * Math.ceil(lines.length / 3), bottom: 46 },
      legend: {
        top: 0,
        left: 0,
        textStyle: { color: INK, fontSize: 12 },
        itemWidth: 16,
        itemHeight: 8,
        itemGap: 26,
        data: lines.map((line) => line.label),
      },
      xAxis: {
        ...(areSizes ? { type: 'log' } : { type: 'category', data: places }),
        name: axes.x,
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: MUTED },
        axisLabel: { color: MUTED, fontSize: 11, hideOverlap: true, formatter: placeLabel },
        axisLine: { lineStyle: { color: LINE } },
        splitLine: { show: false },
      },
      yAxis: {
        type: isLog ? 'log' : 'value',
        ...(isLog ? {} : { min: 0 }),
        name: axes.y,
        nameTextStyle: { color: MUTED, align: 'left' },
        axisLabel: { color: MUTED, fontSize: 11, formatter: compact },
        splitLine: { lineStyle: { color: LINE } },
      },
      series: lines.map((line, index) => ({
        type: 'line',
        silent: true,
        name: line.label,
        data: line.points,
        symbolSize: 6,
        color: SERIES[index % SERIES.length],
        lineStyle: { width: index === 0 ? 3 : 2 },
      })),
    },
    HEIGHT_PX,
    label,
  );
}

const placeLabel = (at: number | string): string => (typeof at === 'number' ? compact(at) : at);

/** Short enough for an axis. */
const compact = (value: number): string =>
  value >= 1e6
    ? `${shortNumber(value / 1e6)} M`
    : value >= 1e4
      ? `${shortNumber(value / 1e3)} k`
      : shortNumber(value);
