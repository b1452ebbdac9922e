import { VARIANT_SEPARATOR } from '@vitalcache/core';

import { keyOfParts } from './data-parts.js';

const date = (text: string): Date => new Date(text);

describe('keyOfParts', () => {
  it('is the key itself without parts; absent is as false', () => {
    expect(keyOfParts('k', { history: false, vitals: undefined })).toBe('k');
    expect(keyOfParts('k', { history: true, images: false, vitals: true })).toBe(
      `k${VARIANT_SEPARATOR}history+vitals`,
    );
  });

  it.each([
    ['2023-01-01T00:00:00Z', '2026-01-31T09:12:00Z', '2023-01-01..2026-02-01'],
    ['2023-01-01T13:00:00Z', '2026-01-31T00:00:00Z', '2023-01-01..2026-01-31'],
    ['2023-01-01T05:00:00+14:00', '2023-01-01T05:00:00Z', '2022-12-31..2023-01-02'],
    ['2023-01-01T00:00:00Z', '2023-01-01T00:00:00Z', '2023-01-01..2023-01-02'],
  ])('rounds %s to %s outward to whole days in UTC', (start, end, days) => {
    const range = { start: date(start), end: date(end) };
    expect(keyOfParts('k', {}, range)).toBe(`k${VARIANT_SEPARATOR}${days}`);
  });

  it('is the same for a range up to now, all day', () => {
    const upTo = (end: string) =>
      keyOfParts('k', {}, { start: date('2023-01-01'), end: date(end) });
    expect(upTo('2026-05-05T08:00:00Z')).toBe(upTo('2026-05-05T23:59:59.999Z'));
    expect(upTo('2026-05-05T08:00:00Z')).not.toBe(upTo('2026-05-06T08:00:00Z'));
  });

  it.each([
    [null, 'timeRange.start must be a Date'],
    [{ start: date('2023-01-01') }, 'timeRange.end must be a Date'],
    [{ start: date('x'), end: date('2023-01-01') }, 'timeRange.start must be a Date'],
    [{ start: '2023-01-01', end: date('2023-01-01') }, 'timeRange.start must be a Date'],
    [{ start: date('2023-01-02'), end: date('2023-01-01') }, 'must not be later'],
  ])('refuses the range %j', (range, message) => {
    expect(() => keyOfParts('k', {}, range as never)).toThrow(message);
  });

  it('refuses a part that is neither true nor false', () => {
    expect(() => keyOfParts('k', { history: 'yes' as never })).toThrow('history must be true');
  });
});
