import { shortNumber } from './number-format.js';

describe('shortNumber', () => {
  it.each([
    [0, '0'],
    [0.01234, '0.0123'],
    [1.5, '1.5'],
    [12.34, '12.3'],
    [123.4, '123'],
    [5_000_000, '5\u202f000\u202f000'],
    [-1.234, '-1.23'],
  ])('shows %d as %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});
