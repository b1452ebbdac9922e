import { median, quantile, ratioOf, spreadOf } from './statistics.js';

describe('median', () => {
  it('is the middle one, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });
});

describe('quantile', () => {
  it('is the value that the share is not above', () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([0, 50, 99, 99]);
  });
});

describe('ratioOf', () => {
  it('compares samples of one round, so that a disturbed round disturbs both', () => {
    expect(ratioOf([2, 200, 4], [1, 100, 2])).toBe(2);
  });
});

describe('spreadOf', () => {
  it('is the middle half', () => {
    expect(spreadOf([1, 2, 3, 4, 5, 6, 7, 8])).toEqual({ low: 3, median: 5, high: 7 });
  });
});
