import { zipfTrace } from './zipf.js';

describe('zipfTrace', () => {
  const trace = zipfTrace(1_000, 50_000);
  const share = (of: (rank: number) => boolean): number => trace.filter(of).length / trace.length;

  it('stays within the ranks', () => {
    expect(trace.every((rank) => Number.isInteger(rank) && rank >= 0 && rank < 1_000)).toBe(true);
  });

  it('asks for the first twice as often as for the second, and most often for few', () => {
    const [first, second] = [share((rank) => rank === 0), share((rank) => rank === 1)];
    expect(first / second).toBeGreaterThan(1.8);
    expect(first / second).toBeLessThan(2.2);
    expect(share((rank) => rank < 100)).toBeGreaterThan(0.6);
  });

  it('is the same for the same seed', () => {
    expect(zipfTrace(100, 50)).toEqual(zipfTrace(100, 50));
    expect(zipfTrace(100, 50, 0.99, 2)).not.toEqual(zipfTrace(100, 50));
  });
});
