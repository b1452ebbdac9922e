import fc from 'fast-check';

import { pad, paddedLength, unpad } from './padding.js';

describe('pad', () => {
  it('is undone by unpad', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (payload) => {
        expect(unpad(pad(payload))).toEqual(Buffer.from(payload));
      }),
    );
  });

  it('brings all short payloads to one length', () => {
    const lengths = Array.from({ length: 253 }, (_, length) => pad(Buffer.alloc(length)).length);
    expect(new Set(lengths)).toEqual(new Set([256]));
  });
});

describe('paddedLength', () => {
  it('never cuts, and adds 12 % at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 257, max: 64 * 1024 * 1024 }), (length) => {
        expect(paddedLength(length)).toBeGreaterThanOrEqual(length);
        expect(paddedLength(length)).toBeLessThanOrEqual(length * 1.12);
      }),
    );
  });

  it('has few lengths for many', () => {
    const lengths = new Set(Array.from({ length: 65_536 }, (_, length) => paddedLength(length)));
    expect(lengths.size).toBeLessThan(150);
  });
});
