import { FakeClock } from '@vitalcache/testing';
import fc from 'fast-check';

import { ENTRY_OVERHEAD_BYTES, MemoryStore } from './memory-store.js';

const clock = new FakeClock();
const storeOf = (maxBytes: number): MemoryStore => new MemoryStore({ maxBytes, now: clock.now });
const sizeOf = (key: string, length: number): number =>
  ENTRY_OVERHEAD_BYTES + 2 * key.length + length;

describe('MemoryStore', () => {
  it('charges value, key and overhead, and gives it back', () => {
    const store = storeOf(10_000);
    store.set('key', new Uint8Array(100), 1_000);
    expect(store.usedBytes).toBe(sizeOf('key', 100));
    store.set('key', new Uint8Array(7), 1_000);
    expect(store.usedBytes).toBe(sizeOf('key', 7));
    store.delete('key');
    expect(store.usedBytes).toBe(0);
  });

  it('drops the least recently used first; looking without using does not count', () => {
    const store = storeOf(3 * sizeOf('a', 10));
    for (const key of ['a', 'b', 'c']) store.set(key, new Uint8Array(10), 1_000);
    store.get('a');
    store.peek('b');
    store.set('d', new Uint8Array(10), 1_000);
    expect(store.keys().toSorted()).toEqual(['a', 'c', 'd']);
  });

  it('drops a value that is larger than the whole store, and what was there under its key', () => {
    const store = storeOf(1_000);
    store.set('key', new Uint8Array(10), 1_000);
    store.set('key', new Uint8Array(2_000), 1_000);
    expect(store.get('key')).toBeNull();
    expect(store.usedBytes).toBe(0);
  });

  it('ends an entry exactly when its time to live is over, and frees it when it is met', () => {
    const store = storeOf(1_000);
    store.set('key', Uint8Array.of(1), 500);
    clock.advance(499);
    expect(store.get('key')).toEqual(Uint8Array.of(1));
    clock.advance(1);
    expect(store.get('key')).toBeNull();
    expect(store.usedBytes).toBe(0);
    expect(store.delete('key')).toBe(false);
  });

  it('copies Buffers, whose own slice would not', () => {
    const store = storeOf(1_000);
    const pooled = Buffer.from('pooled');
    store.set('key', pooled, 1_000);
    pooled.fill(0);
    expect(Buffer.from(store.get('key') ?? []).toString()).toBe('pooled');
  });

  it('never holds more than its bound, whatever is stored', () => {
    const operation = fc.tuple(
      fc.string({ maxLength: 3 }),
      fc.nat(2_500),
      fc.nat(100),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const store = storeOf(4_000);
        for (const [key, length, ttlMs, isDelete] of operations) {
          if (isDelete) store.delete(key);
          else store.set(key, new Uint8Array(length), ttlMs + 1);
          clock.advance(length % 3);
          const charged = store.keys().map((held) => sizeOf(held, store.peek(held)?.length ?? NaN));
          expect(store.usedBytes).toBeLessThanOrEqual(4_000);
          if (!charged.some(Number.isNaN)) {
            expect(store.usedBytes).toBe(charged.reduce((sum, bytes) => sum + bytes, 0));
          }
        }
      }),
    );
  });
});
