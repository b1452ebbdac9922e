import fc from 'fast-check';

import { decodeHotKeys, encodeHotKeys } from './hot-key.codec.js';
import { HotKeySketch } from './hot-key.sketch.js';

const HOUR = 3_600_000;
const keysOf = (sketch: HotKeySketch, n: number, at = 0): string[] =>
  sketch.top(n, at).map(({ key }) => key);

function store() {
  const bytes = new Map<string, Uint8Array>();
  return {
    bytes,
    get: (key: string) => Promise.resolve(bytes.get(key) ?? null),
    set: (key: string, value: Uint8Array) => Promise.resolve(void bytes.set(key, value)),
  };
}

describe('HotKeySketch', () => {
  it('tells the keys that were read most', () => {
    const sketch = new HotKeySketch();
    for (const [key, reads] of [['a', 3] as const, ['b', 9] as const, ['c', 6] as const]) {
      for (let i = 0; i < reads; i++) sketch.add('t', key, 0);
    }
    expect(sketch.top(2, 0)).toEqual([
      { key: 'b', template: 't', count: 9, error: 0 },
      { key: 'c', template: 't', count: 6, error: 0 },
    ]);
  });

  it('never loses a key with more than its share, never counts too little, in fixed memory', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 60, maxLength: 300 }), (reads) => {
        const sketch = new HotKeySketch({ capacity: 8 });
        const real = new Map<string, number>();
        for (const read of reads) {
          const key = `k${Math.floor(read ** 2 / 40)}`;
          sketch.add('t', key, 0);
          real.set(key, (real.get(key) ?? 0) + 1);
        }
        const top = sketch.top(100, 0);
        expect(top.length).toBeLessThanOrEqual(8);
        for (const [key, count] of real) {
          const found = top.find((hot) => hot.key === key);
          if (count > reads.length / 8) expect(found).toBeDefined();
          if (found) expect(found.count).toBeGreaterThanOrEqual(count);
          if (found) expect(found.count - found.error).toBeLessThanOrEqual(count);
        }
        expect(top.map(({ count }) => count)).toEqual(
          top.map(({ count }) => count).sort((a, b) => b - a),
        );
      }),
    );
  });

  it('lets old reads fade by half each half-life, also over years', () => {
    const sketch = new HotKeySketch({ halfLifeMs: HOUR });
    for (let i = 0; i < 8; i++) sketch.add('t', 'old', 0);
    for (let i = 0; i < 3; i++) sketch.add('t', 'new', 2 * HOUR);
    expect(sketch.top(2, 2 * HOUR)).toMatchObject([
      { key: 'new', count: 3 },
      { key: 'old', count: 2 },
    ]);
    sketch.add('t', 'newest', 20_000 * HOUR);
    expect(sketch.top(1, 20_000 * HOUR)).toMatchObject([{ key: 'newest', count: 1 }]);
    expect(keysOf(sketch, 3, 20_000 * HOUR)).toHaveLength(3);
  });

  it('comes back from the store, faded, with the keys that may be there', async () => {
    const sketch = new HotKeySketch({ halfLifeMs: HOUR });
    for (let i = 0; i < 4; i++) sketch.add('open:{id}', 'open:1', 0);
    for (let i = 0; i < 9; i++) sketch.add('secret:{id}', 'secret:1', 0);
    const provider = store();
    await sketch.save(provider, 'hot', 0, (template) => template === 'open:{id}');
    expect(Buffer.from(provider.bytes.get('hot')!).includes('secret')).toBe(false);
    const next = new HotKeySketch({ halfLifeMs: HOUR });
    expect(await next.load(provider, 'hot', HOUR)).toBe(1);
    expect(next.top(9, HOUR)).toEqual([
      { key: 'open:1', template: 'open:{id}', count: 2, error: 0 },
    ]);
  });

  it('starts cold when there is nothing, the store is down or the bytes are corrupt', async () => {
    const sketch = new HotKeySketch();
    const provider = store();
    expect(await sketch.load(provider, 'hot', 0)).toBe(0);
    const down = { get: () => Promise.reject(new Error('down')) };
    expect(await sketch.load(down, 'hot', 0)).toBe(0);
    provider.bytes.set('hot', Buffer.from('foreign'));
    expect(await sketch.load(provider, 'hot', 0)).toBe(0);
    expect(sketch.size).toBe(0);
  });
});

describe('decodeHotKeys', () => {
  const key = { key: 'Zoë', template: 'a:{b}', count: 1.5, error: 0.5 };

  it('reads what was written, up to a number', () => {
    const bytes = encodeHotKeys({ savedAt: 7, keys: [key, { ...key, key: 'x' }] });
    expect(decodeHotKeys(bytes, 10)).toEqual({ savedAt: 7, keys: [key, { ...key, key: 'x' }] });
    expect(decodeHotKeys(bytes, 1)?.keys).toEqual([key]);
  });

  it('writes no more than 1 MiB, the hottest first', () => {
    const keys = Array.from({ length: 2_000 }, (_, i) => ({ ...key, key: `${i}`.padEnd(1_000) }));
    const bytes = encodeHotKeys({ savedAt: 0, keys });
    expect(bytes.length).toBeLessThanOrEqual(2 ** 20);
    const decoded = decodeHotKeys(bytes, 2_000)!.keys;
    expect(decoded.length).toBeGreaterThan(900);
    expect(decoded).toEqual(keys.slice(0, decoded.length));
  });

  it('never takes bytes that were changed, cut or lengthened', () => {
    const bytes = encodeHotKeys({ savedAt: 7, keys: [key, { ...key, key: 'x' }] });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= change;
        expect(decodeHotKeys(changed, 10)).toBeNull();
        expect(decodeHotKeys(bytes.subarray(0, at), 10)).toBeNull();
        expect(decodeHotKeys(Buffer.concat([bytes, Buffer.alloc(change)]), 10)).toBeNull();
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeHotKeys(bytes, 10)).toBeNull();
      }),
    );
  });
});
