import fc from 'fast-check';

import { garbled } from './garble.js';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array));

describe('garbled', () => {
  it('always changes something and never loses a byte', () => {
    fc.assert(
      fc.property(bytes, (before) => {
        const after = garbled(before);
        expect(after.equals(before)).toBe(false);
        expect(after.length).toBeGreaterThanOrEqual(before.length);
      }),
    );
  });

  it('touches the given share, by replacing and by inserting', () => {
    const before = Buffer.alloc(10_000, 'x');
    const after = garbled(before, { ratio: 0.1 });
    const inserted = after.length - before.length;
    const kept = after.filter((byte) => byte === before[0]).length;
    expect(inserted).toBeGreaterThan(300);
    expect(inserted).toBeLessThan(700);
    expect(before.length - kept).toBeGreaterThan(300);
    expect(before.length - kept).toBeLessThan(700);
  });

  it('does the same again with the same numbers', () => {
    const numbers = (): (() => number) => {
      let at = 0;
      return () => (at = (at + 0.37) % 1);
    };
    const before = Buffer.from('+PONG\r\n');
    expect(garbled(before, { random: numbers() })).toEqual(garbled(before, { random: numbers() }));
  });
});
