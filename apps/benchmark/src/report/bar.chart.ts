import type { Spread } from '../measuring/statistics.js';
import { INK, LINE, MUTED, OTHER, OWN, renderChart } from './chart.renderer.js';
import { times } from './number-format.js';

export interface Bar {
  readonly label: string;
  readonly spread: Spread;
  readonly isOwn: boolean;
}

const ROW_PX = 30;
/** Beyond that many times the smallest, bars of a linear axis could not be told apart. */
const LOG_FROM = 12;

/** Bars of medians, the best first, with the middle half of the rounds as whiskers. */
export function barChart(bars: readonly Bar[], label: string): string {
  const rows = bars.toSorted((a, b) => a.spread.median - b.spread.median);
  const medians = rows.map(({ spread }) => spread.median);
  const [smallest, largest] = [Math.min(...medians), Math.max(...medians)];
  const isLog = largest > smallest * LOG_FROM;
  const lowest = 10 ** Math.floor(Math.log10(smallest * 0.9));
  const whiskers = rows.map(({ spread }, index) => [spread.low, spread.high, index]);
  return renderChart(
    {
      grid: { left: 132, right: 62, top: 6, bottom: 26 },
      xAxis: {
        type: isLog ? 'log' : 'value',
        ...(isLog ? { min: lowest } : { min: 0 }),
        splitNumber: 4,
        axisLabel: { color: MUTED, fontSize: 11, hideOverlap: true },
        splitLine: { lineStyle: { color: LINE } },
      },
      yAxis: {
        type: 'category',
        data: rows.map((row) => row.label),
        axisLabel: { color: INK, fontSize: 12, width: 122, overflow: 'truncate' },
        axisLine: { lineStyle: { color: LINE } },
        axisTick: { show: false },
      },
      series: [
        {
          type: 'bar',
          silent: true,
          barWidth: '58%',
          data: rows.map(({ spread, isOwn }) => ({
            value: spread.median,
            itemStyle: { color: isOwn ? OWN : OTHER, borderRadius: [0, 3, 3, 0] },
          })),
          label: {
            show: true,
            position: 'right',
            color: INK,
            fontSize: 12,
            distance: 10,
            formatter: ({ value }: { value: number }) => times(value),
          },
        },
        {
          type: 'custom',
          silent: true,
          z: 3,
          data: whiskers,
          encode: { x: [0, 1], y: 2 },
          renderItem: whisker,
        },
      ],
    },
    rows.length * ROW_PX + 34,
    label,
  );
}

interface Api {
  value(dimension: number): number;
  coord(point: readonly [number, number]): [number, number];
}

function whisker(_: unknown, api: Api): object {
  const row = api.value(2);
  const [from, y] = api.coord([api.value(0), row]);
  const [to] = api.coord([api.value(1), row]);
  const lines: [number, number, number, number][] = [
    [from, y, to, y],
    [from, y - 4, from, y + 4],
    [to, y - 4, to, y + 4],
  ];
  return {
    type: 'group',
    children: lines.map(([x1, y1, x2, y2]) => ({
      type: 'line',
      shape: { x1, y1, x2, y2 },
      style: { stroke: INK, fill: 'none', lineWidth: 1 },
    })),
  };
}
