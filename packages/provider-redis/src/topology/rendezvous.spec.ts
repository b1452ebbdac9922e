import fc from 'fast-check';

import { Rendezvous, type Weighted } from './rendezvous.js';

const KEYS = Array.from({ length: 100_000 }, (_, i) => `users:${i}:profile`);

/** Names that differ, with a weight each. */
const stores = (least: number): fc.Arbitrary<Weighted[]> =>
  fc.uniqueArray(
    fc.record({
      name: fc.string({ minLength: 1, maxLength: 12 }),
      weight: fc.double({ min: 0.1, max: 10, noNaN: true }),
    }),
    { minLength: least, maxLength: 6, selector: ({ name }) => name },
  );
const keys = fc.array(fc.string(), { minLength: 1, maxLength: 200 });

/** Names of the stores that hold the keys, in the order of the keys. */
function owners(all: readonly Weighted[], texts: readonly string[]): readonly string[] {
  const rendezvous = new Rendezvous(all);
  return texts.map((text) => (all[rendezvous.indexOf(text)] as Weighted).name);
}

describe('Rendezvous', () => {
  it.each([
    ['equal weights', [1, 1, 1]],
    ['weights from 1 to 4', [1, 2, 3, 4]],
    ['fractions', [0.5, 1.5]],
    ['one that is a hundred times another', [100, 1]],
  ])('gives each store its share of 100 000 keys: %s', (_, weights) => {
    const all = weights.map((weight, i) => ({ name: `10.0.0.${i}:6379/0`, weight }));
    const held = owners(all, KEYS);
    const sum = weights.reduce((a, b) => a + b);
    for (const { name, weight } of all) {
      const share = held.filter((owner) => owner === name).length / KEYS.length;
      expect(Math.abs(share - weight / sum)).toBeLessThan(0.01);
      expect(share).toBeGreaterThan((weight / sum) * 0.85);
    }
  });

  it('moves to an added store its share of the keys', () => {
    const all = [1, 1, 1].map((weight, i) => ({ name: `store-${i}`, weight }));
    const before = owners(all, KEYS);
    const after = owners([...all, { name: 'added', weight: 1 }], KEYS);
    const moved = after.filter((owner, i) => owner !== before[i]).length;
    expect(Math.abs(moved / KEYS.length - 1 / 4)).toBeLessThan(0.01);
  });

  it('never moves a key between two others when a store is added', () => {
    fc.assert(
      fc.property(stores(2), keys, (all, texts) => {
        const added = all[0] as Weighted;
        const before = owners(all.slice(1), texts);
        owners(all, texts).forEach((owner, i) => {
          expect([before[i], added.name]).toContain(owner);
        });
      }),
    );
  });

  it('never moves a key of another store when one is lost', () => {
    fc.assert(
      fc.property(stores(2), keys, (all, texts) => {
        const lost = all[0] as Weighted;
        const after = owners(all.slice(1), texts);
        owners(all, texts).forEach((owner, i) => {
          if (owner !== lost.name) expect(after[i]).toBe(owner);
        });
      }),
    );
  });

  it('never lets the order in which the stores are named decide', () => {
    fc.assert(
      fc.property(stores(1), keys, (all, texts) => {
        expect(owners(all.toReversed(), texts)).toEqual(owners(all, texts));
      }),
    );
  });

  it('never moves a key when the weights change in step', () => {
    fc.assert(
      fc.property(stores(1), keys, (all, texts) => {
        const doubled = all.map(({ name, weight }) => ({ name, weight: weight * 2 }));
        expect(owners(doubled, texts)).toEqual(owners(all, texts));
      }),
    );
  });

  it('never gives a key to a store that weighs more now but the one it took it from', () => {
    fc.assert(
      fc.property(stores(2), keys, (all, texts) => {
        const before = owners(all, texts);
        const [first, ...others] = all as [Weighted, ...Weighted[]];
        const heavier = [{ ...first, weight: first.weight * 3 }, ...others];
        owners(heavier, texts).forEach((owner, i) => {
          expect([before[i], first.name]).toContain(owner);
        });
      }),
    );
  });
});
