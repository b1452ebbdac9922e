import fc from 'fast-check';

import { FrequentItems } from './frequent-items.js';

describe('FrequentItems', () => {
  it('finds what is frequent among much that is not', () => {
    const items = new FrequentItems();
    for (let at = 0; at < 20_000; at++) {
      items.add(at % 4 === 0 ? 'often' : `rare ${at}`, 'note');
    }
    const [first] = items.top(1);
    expect(first).toMatchObject({ item: 'often', note: 'note' });
    expect(first?.share).toBeCloseTo(0.25, 1);
  });

  it('forgets what was frequent', () => {
    const items = new FrequentItems();
    for (let at = 0; at < 4_000; at++) items.add('then', '');
    for (let at = 0; at < 12_000; at++) items.add('now', '');
    expect(items.top(1)[0]?.item).toBe('now');
    items.clear();
    expect(items.top(1)).toEqual([]);
  });

  it('never loses an item that has more than its share', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 200, maxLength: 2_000 }), (numbers) => {
        const items = new FrequentItems();
        for (const [at, one] of numbers.entries()) items.add(at % 20 === 0 ? 'x' : `${one}`, '');
        expect(items.top(128).some(({ item }) => item === 'x')).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
