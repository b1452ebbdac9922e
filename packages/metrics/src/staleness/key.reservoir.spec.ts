import { KeyReservoir } from './key.reservoir.js';

/** Numbers that look random and are the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function drawAll(reservoir: KeyReservoir): string[] {
  const keys: string[] = [];
  for (let read = reservoir.draw(); read; read = reservoir.draw()) keys.push(read.key);
  return keys;
}

describe('KeyReservoir', () => {
  it('holds no more than its size, however much is read', () => {
    const reservoir = new KeyReservoir(8, seeded(1));
    for (let i = 0; i < 100_000; i++) reservoir.offer(`k${i}`, 't');
    expect(reservoir.length).toBe(8);
    const keys = drawAll(reservoir);
    expect(new Set(keys).size).toBe(8);
    expect(reservoir.draw()).toBeNull();
  });

  it('holds all that was read as long as that is little', () => {
    const reservoir = new KeyReservoir(8, seeded(2));
    for (const key of ['a', 'b', 'c']) reservoir.offer(key, 't');
    expect(drawAll(reservoir).sort()).toEqual(['a', 'b', 'c']);
  });

  it('gives every read of a round the same chance, early or late', () => {
    const random = seeded(3);
    const tenths = new Array<number>(10).fill(0);
    for (let round = 0; round < 2_000; round++) {
      const reservoir = new KeyReservoir(5, random);
      for (let i = 0; i < 100; i++) reservoir.offer(String(i), 't');
      for (const key of drawAll(reservoir)) tenths[Math.floor(Number(key) / 10)]!++;
    }
    // 1 000 each are expected, give or take 30.
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(130);
  });

  it('draws at random, not in the order of reading', () => {
    const random = seeded(4);
    const firsts = new Set<string>();
    for (let i = 0; i < 100; i++) {
      const reservoir = new KeyReservoir(4, random);
      for (const key of ['a', 'b', 'c', 'd']) reservoir.offer(key, 't');
      firsts.add(reservoir.draw()?.key ?? '');
    }
    expect([...firsts].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('holds what is read lately after a turn, and until then what it had', () => {
    const reservoir = new KeyReservoir(4, seeded(5));
    for (let i = 0; i < 10_000; i++) reservoir.offer('old', 't');
    reservoir.turn();
    expect(reservoir.length).toBe(4);
    for (let i = 0; i < 4; i++) reservoir.offer('new', 't');
    expect(drawAll(reservoir)).toEqual(['new', 'new', 'new', 'new']);
  });

  it('fills up again after draws, and is empty after clear', () => {
    const reservoir = new KeyReservoir(4, seeded(6));
    for (let i = 0; i < 100; i++) reservoir.offer(`k${i}`, 't');
    for (let i = 0; i < 100_000; i++) reservoir.offer(`k${i}`, 't');
    drawAll(reservoir);
    for (let i = 0; i < 4; i++) reservoir.offer(`k${i}`, 't');
    expect(reservoir.length).toBe(4);
    reservoir.clear();
    expect(reservoir.length).toBe(0);
  });

  it('takes a random number of 0', () => {
    const reservoir = new KeyReservoir(2, () => 0);
    for (let i = 0; i < 100; i++) reservoir.offer(`k${i}`, 't');
    expect(reservoir.length).toBe(2);
  });
});
