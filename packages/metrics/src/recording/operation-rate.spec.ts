import fc from 'fast-check';

import { OperationRate } from './operation-rate.js';

describe('OperationRate', () => {
  const record = (rate: OperationRate, count: number, now: number, isFailed = false): void => {
    for (let done = 0; done < count; done++) rate.record(isFailed, now);
  };

  describe('perSecond', () => {
    it('is 0 when there was nothing', () => {
      expect(new OperationRate(0).perSecond(0)).toBe(0);
      expect(new OperationRate(0).perSecond(500_000)).toBe(0);
    });

    it('takes the time since start when that is less than a minute', () => {
      const rate = new OperationRate(1_000);
      record(rate, 50, 1_500);
      expect(rate.perSecond(11_000)).toBe(5);
    });

    it('does not make thousands of a few operations in the first moment', () => {
      const rate = new OperationRate(1_000);
      record(rate, 5, 1_001);
      expect(rate.perSecond(1_001)).toBe(5);
    });

    it('forgets each second a minute later', () => {
      const rate = new OperationRate(0);
      for (let second = 0; second < 60; second++) record(rate, 10, second * 1_000);
      expect(rate.perSecond(60_000)).toBeCloseTo(10, 5);
      expect(rate.perSecond(90_000)).toBeCloseTo(290 / 59, 5);
      expect(rate.perSecond(118_999)).toBeCloseTo(10 / 59.999, 5);
      expect(rate.perSecond(119_000)).toBe(0);
    });

    it('uses a second of the ring again without what was in it', () => {
      const rate = new OperationRate(0);
      record(rate, 100, 7_000);
      record(rate, 1, 67_000);
      expect(rate.perSecond(67_999)).toBeCloseTo(1 / 59.999, 5);
    });

    it('always counts exactly the operations of the window', () => {
      const gaps = fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 200 });
      fc.assert(
        fc.property(gaps, (steps) => {
          const rate = new OperationRate(0);
          const times: number[] = [];
          let now = 0;
          for (const step of steps) {
            now += step;
            times.push(now);
            rate.record(false, now);
          }
          const begin = (Math.floor(now / 1_000) - 59) * 1_000;
          const seconds = Math.max(1, Math.min(now, now - begin) / 1_000);
          const expected = times.filter((time) => time >= begin).length / seconds;
          expect(rate.perSecond(now)).toBeCloseTo(expected, 9);
        }),
      );
    });
  });

  describe('errorRate', () => {
    it('is 0 when there was nothing', () => {
      expect(new OperationRate(0).errorRate(0)).toBe(0);
    });

    it('is the share of the failed, as long as they are younger than a minute', () => {
      const rate = new OperationRate(0);
      record(rate, 3, 1_000);
      record(rate, 1, 1_000, true);
      expect(rate.errorRate(2_000)).toBe(0.25);
      record(rate, 4, 40_000);
      expect(rate.errorRate(40_000)).toBe(0.125);
      expect(rate.errorRate(61_000)).toBe(0);
    });
  });

  describe('reset', () => {
    it('begins anew', () => {
      const rate = new OperationRate(0);
      record(rate, 8, 1_000, true);
      rate.reset(1_500);
      expect([rate.perSecond(1_500), rate.errorRate(1_500)]).toEqual([0, 0]);
      record(rate, 1, 1_600);
      expect([rate.perSecond(3_500), rate.errorRate(3_500)]).toEqual([0.5, 0]);
    });
  });
});
