import fc from 'fast-check';

import { Sketch } from './sketch.js';

describe('Sketch', () => {
  it.each([2 ** 8, 2 ** 16])('with %i slots never forgets what was raised', (slots) => {
    const hash = fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff));
    const raised = fc.array(fc.tuple(hash, fc.integer({ min: 1, max: 1_000 })), { minLength: 1 });
    fc.assert(
      fc.property(raised, (records) => {
        const sketch = new Sketch(slots);
        for (const [pair, stamp] of records) sketch.raise(Uint32Array.from(pair), stamp);
        for (const [pair, stamp] of records) expect(sketch.isRaised(pair, stamp - 1)).toBe(true);
      }),
    );
  });

  it('tells hashes apart whose ends are alike, and knows nothing once it is cleared', () => {
    const sketch = new Sketch(2 ** 16);
    sketch.raise(Uint32Array.of(0x1007, 0x2009), 5);
    expect(sketch.isRaised([0x1007, 0x2009], 4)).toBe(true);
    expect(sketch.isRaised([0x1007, 0x2009], 5)).toBe(false);
    expect(sketch.isRaised([0x3007, 0x4009], 4)).toBe(false);
    sketch.clear();
    expect(sketch.isRaised([0x1007, 0x2009], 0)).toBe(false);
  });
});
