import { BUCKETS_S, LatencyBoard } from './latency-board.js';

describe('LatencyBoard', () => {
  let board: LatencyBoard;
  beforeEach(() => (board = new LatencyBoard()));

  const record = (tier: string, ...durations: number[]): void =>
    durations.forEach((ms) => board.series('read', 'swr', tier).record(ms));

  it('tells durations of one operation, strategy and tier from those of another', () => {
    record('l1', ...Array<number>(99).fill(1), 100);
    board.series('get', 'none', 'l2').record(7);
    expect(board.summaries()).toEqual([
      {
        operation: 'read',
        strategy: 'swr',
        tier: 'l1',
        count: 100,
        totalMs: 199,
        p50Ms: 1,
        p95Ms: 1,
        p99Ms: 1,
      },
      {
        operation: 'get',
        strategy: 'none',
        tier: 'l2',
        count: 1,
        totalMs: 7,
        p50Ms: expect.closeTo(7, 1) as number,
        p95Ms: expect.closeTo(7, 1) as number,
        p99Ms: expect.closeTo(7, 1) as number,
      },
    ]);
  });

  it('puts all of them into one order for what is said of all', () => {
    record('l1', ...Array<number>(90).fill(0.5));
    record('l2', ...Array<number>(10).fill(200));
    const { count, totalMs, p50Ms, p95Ms } = board.overall();
    expect([count, totalMs, p50Ms]).toEqual([100, 2_045, 0.5]);
    expect(Math.abs(p95Ms - 200)).toBeLessThan(2);
    expect(board.overall()).toEqual(board.overall());
  });

  it('has nothing to say of nothing', () => {
    expect(board.summaries()).toEqual([]);
    expect(board.overall()).toEqual({ count: 0, totalMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 });
  });

  it('counts what took no time with the others, once, whenever it is asked', () => {
    const series = board.series('read', 'swr', 'l1');
    series.instant += 3;
    record('l1', 5);
    expect(board.overall()).toMatchObject({ count: 4, totalMs: 5, p50Ms: 0 });
    expect(board.overall().count).toBe(4);
    series.instant++;
    expect(board.summaries()).toMatchObject([{ count: 5, totalMs: 5 }]);
  });

  it('puts each duration into the first bucket that is large enough, and what is beyond into the last', () => {
    record('l1', 0, 0.1, 0.100_1, 1, 10_000, 10_001, 3_600_000);
    const { buckets } = board.all()[0]!;
    const filled = [...buckets].map((count, at) => [BUCKETS_S[at] ?? Infinity, count]);
    expect(filled.filter(([, count]) => count !== 0)).toEqual([
      [0.0001, 2],
      [0.00025, 1],
      [0.001, 1],
      [10, 1],
      [Infinity, 2],
    ]);
  });

  it('begins again with reset, but for what exporters read', () => {
    record('l1', 5, 5);
    board.reset();
    expect(board.summaries()).toEqual([]);
    record('l1', 1);
    expect(board.summaries()).toMatchObject([{ count: 1, totalMs: 1, p99Ms: 1 }]);
    const [series] = board.all();
    expect([series?.count, series?.totalMs]).toEqual([3, 11]);
  });
});
