import { LatencyHistogram } from './latency.histogram.js';

describe('LatencyHistogram', () => {
  const of = (...durations: number[]): LatencyHistogram => {
    const histogram = new LatencyHistogram();
    durations.forEach((ms) => histogram.record(ms));
    return histogram;
  };

  describe('percentileMs', () => {
    it('is 0 when nothing was recorded', () => {
      expect(of().percentileMs(99)).toBe(0);
    });

    it('is exact to the microsecond for short durations', () => {
      const oneTo1000us = Array.from({ length: 1_000 }, (_, index) => (index + 1) / 1_000);
      const histogram = of(...oneTo1000us);
      expect([50, 95, 99, 100].map((percent) => histogram.percentileMs(percent))).toEqual([
        0.5, 0.95, 0.99, 1,
      ]);
    });

    it('is right to one in a thousand for long durations', () => {
      const oneTo1000ms = Array.from({ length: 1_000 }, (_, index) => index + 1);
      const histogram = of(...oneTo1000ms);
      for (const percent of [50, 95, 99]) {
        const exact = percent * 10;
        const found = histogram.percentileMs(percent);
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact * 1.001);
      }
    });

    it('puts short and long durations into one order', () => {
      const histogram = of(...Array<number>(94).fill(0.01), ...Array<number>(6).fill(2_000));
      expect(histogram.percentileMs(94)).toBe(0.01);
      expect(histogram.percentileMs(95)).toBeCloseTo(2_000, -1);
    });

    it('counts a short duration once however often it is asked', () => {
      const histogram = of(0.1, 0.1, 0.1);
      histogram.percentileMs(50);
      histogram.record(50);
      expect(histogram.percentileMs(75)).toBe(0.1);
      histogram.record(50);
      histogram.record(50);
      histogram.record(50);
      expect(histogram.percentileMs(51)).toBeCloseTo(50, 0);
    });

    it('takes what is longer than an hour for an hour', () => {
      expect(of(2 * 3_600_000).percentileMs(50) / 3_600_000).toBeCloseTo(1, 2);
    });
  });

  describe('reset', () => {
    it('forgets short and long durations', () => {
      const histogram = of(1, 1_000);
      histogram.reset();
      expect(histogram.percentileMs(100)).toBe(0);
      histogram.record(0.5);
      expect(histogram.percentileMs(99)).toBe(0.5);
    });
  });
});
