import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { coverHashes, subjectOf } from '../validity/cover-hash.js';
import { MAX_RECORD_HASHES, type Coverage, type JournalRecord } from './journal-record.js';
import { Outbox } from './outbox.js';

const tag = (name: string): Coverage => ({ kind: 'hashes', hashes: coverHashes('tag', [name]) });
const tagged = (name: string) => subjectOf('k', coverHashes('tag', [name]));

function posting({ maxQueued = 100 } = {}) {
  const clock = new FakeClock();
  const taken: { coverage: Coverage; nonce: number }[] = [];
  const store = { isDown: false };
  const append = (coverage: Coverage, nonce: number): Promise<JournalRecord> => {
    if (store.isDown) return Promise.reject(new Error('down'));
    taken.push({ coverage, nonce });
    return Promise.resolve({ stamp: taken.length, nonce } as JournalRecord);
  };
  let seed = 0;
  const random = (): number => (seed += 0.001);
  return { outbox: new Outbox({ append, clock, random, maxQueued }), clock, taken, store };
}

const hashCount = ({ coverage }: { coverage: Coverage }): number =>
  coverage.kind === 'hashes' ? coverage.hashes.length / 2 : -1;

describe('Outbox', () => {
  it('puts what is posted in one tick into one record', async () => {
    const { outbox, taken } = posting();
    const postings = ['a', 'b', 'c'].map((name) => outbox.post(tag(name), 'invalidate'));
    const records = await Promise.all(postings.map(({ recorded }) => recorded));
    expect(taken.map(hashCount)).toEqual([3]);
    expect(new Set(records).size).toBe(1);
  });

  it('keeps sets, patterns and more hashes than a record holds apart', async () => {
    const { outbox, taken } = posting();
    const many: Coverage = { kind: 'hashes', hashes: new Uint32Array(MAX_RECORD_HASHES * 2) };
    const postings = [
      outbox.post(tag('a'), 'invalidate'),
      outbox.post(tag('b'), 'set'),
      outbox.post({ kind: 'glob', pattern: '*:x' }, 'invalidate'),
      outbox.post(many, 'invalidate'),
      outbox.post(tag('c'), 'invalidate'),
    ];
    await Promise.all(postings.map(({ recorded }) => recorded));
    expect(taken.map(hashCount)).toEqual([1, 1, -1, MAX_RECORD_HASHES, 1]);
    expect(new Set(taken.map(({ nonce }) => nonce)).size).toBe(5);
  });

  it('puts no two postings into one record that differ in what they do beside covering', async () => {
    const { outbox, taken } = posting();
    const terms = [{}, {}, { isSoft: true }, { settleMs: 5 }, { settleMs: 5 }, { settleMs: 6 }, {}];
    const postings = terms.map((term, i) =>
      outbox.post({ ...tag(`${i}`), ...term } as Coverage, 'invalidate'),
    );
    await Promise.all(postings.map(({ recorded }) => recorded));
    expect(taken.map(hashCount)).toEqual([2, 1, 2, 1, 1]);
    expect(taken.map(({ coverage: { isSoft, settleMs } }) => [isSoft, settleMs])).toEqual([
      [undefined, undefined],
      [true, undefined],
      [undefined, 5],
      [undefined, 6],
      [undefined, undefined],
    ]);
  });

  it('makes soft, not invalid, what only soft postings cover', async () => {
    const { outbox, clock, store } = posting();
    store.isDown = true;
    outbox.post({ ...tag('a'), isSoft: true }, 'invalidate');
    outbox.post({ kind: 'glob', pattern: 'x*', isSoft: true }, 'invalidate');
    expect(outbox.verdict(tagged('a'))).toBe('soft');
    expect(outbox.verdict(tagged('b'))).toBe('valid');
    expect(outbox.verdict(subjectOf('xy', new Uint32Array()))).toBe('soft');
    outbox.post(tag('a'), 'invalidate');
    expect(outbox.verdict(tagged('a'))).toBe('covered');
    store.isDown = false;
    await clock.advance(2_000);
    expect(outbox.verdict(tagged('a'))).toBe('valid');
  });

  it('tells one coverage that is posted twice apart', async () => {
    const { outbox, store, clock } = posting();
    const glob: Coverage = { kind: 'glob', pattern: 'x*', settleMs: 5 };
    const first = outbox.post(glob, 'invalidate');
    await first.recorded;
    store.isDown = true;
    outbox.post(glob, 'invalidate');
    outbox.post(glob, 'invalidate');
    expect(outbox.settling.size).toBe(2);
    store.isDown = false;
    await clock.advance(2_000);
    expect(outbox.settling.size).toBe(0);
  });

  it('sends what is posted in the very step in which it has just become empty', async () => {
    for (let gap = 0; gap < 12; gap++) {
      const { outbox, taken } = posting();
      await outbox.post(tag('a'), 'invalidate').recorded;
      for (let i = 0; i < gap; i++) await Promise.resolve();
      await outbox.post(tag('b'), 'invalidate').recorded;
      expect(taken).toHaveLength(2);
    }
    const { outbox, taken } = posting({ maxQueued: 1_000 });
    const chained = Array.from({ length: 200 }, async (_, i) => {
      for (let step = 0; step < i % 7; step++) await Promise.resolve();
      await outbox.post({ kind: 'glob', pattern: `${i}*` }, 'invalidate').recorded;
    });
    await Promise.all(chained);
    expect(taken).toHaveLength(200);
    expect(outbox.size).toBe(0);
  });

  it('covers from the post to the record', async () => {
    const { outbox, clock, store } = posting();
    store.isDown = true;
    const { recorded } = outbox.post(tag('a'), 'invalidate');
    expect(outbox.verdict(tagged('a'))).toBe('covered');
    expect(outbox.verdict(tagged('b'))).toBe('valid');
    await clock.advance(500);
    expect(outbox.oldestAgeMs()).toBe(500);
    store.isDown = false;
    await clock.advance(2_000);
    await recorded;
    expect(outbox.verdict(tagged('a'))).toBe('valid');
    expect(outbox.size).toBe(0);
  });

  it('tries again with the same nonce, in order, losing nothing', async () => {
    const { outbox, clock, taken, store } = posting();
    store.isDown = true;
    const first = outbox.post({ kind: 'glob', pattern: 'a*' }, 'invalidate');
    const second = outbox.post(tag('b'), 'invalidate');
    await clock.advance(1_000);
    const nonce = first.nonce;
    store.isDown = false;
    await clock.advance(2_000);
    await Promise.all([first.recorded, second.recorded]);
    expect(taken.map(({ coverage }) => coverage.kind)).toEqual(['glob', 'hashes']);
    expect(taken[0]?.nonce).toBe(nonce);
  });

  it('lets a store that takes what it gets have a long burst', async () => {
    const { outbox, taken } = posting({ maxQueued: 3 });
    const postings = Array.from({ length: 100 }, (_, i) => outbox.post(tag(`${i}`), 'invalidate'));
    await Promise.all(postings.map(({ recorded }) => recorded));
    expect(taken.map(hashCount)).toEqual([100]);
  });

  it('turns what no longer fits into one clear', async () => {
    const { outbox, clock, taken, store } = posting({ maxQueued: 3 });
    store.isDown = true;
    const first = outbox.post({ kind: 'glob', pattern: 'first*' }, 'invalidate');
    await settle(); // the store has failed once
    const postings = [
      first,
      ...Array.from({ length: 50 }, (_, i) =>
        outbox.post({ kind: 'glob', pattern: `${i}*` }, 'invalidate'),
      ),
    ];
    expect(outbox.size).toBe(4);
    expect(outbox.verdict(tagged('anything'))).toBe('covered');
    store.isDown = false;
    await clock.advance(2_000);
    await Promise.all(postings.map(({ recorded }) => recorded));
    expect(taken.map(({ coverage }) => coverage.kind)).toEqual(['glob', 'glob', 'glob', 'clear']);
  });

  it('keeps the longest hold-off of what became a clear, and is hard whatever that was', async () => {
    const { outbox, clock, taken, store } = posting({ maxQueued: 1 });
    store.isDown = true;
    const soft = { isSoft: true } as const;
    const first = outbox.post(tag('first'), 'invalidate');
    await settle(); // the store has failed once
    const later = [undefined, undefined, 7_000, 90, undefined].map((settleMs) =>
      outbox.post(
        { ...tag('a'), ...soft, ...(settleMs !== undefined && { settleMs }) },
        'invalidate',
      ),
    );
    const postings = [first, ...later];
    expect(outbox.size).toBe(2);
    expect(outbox.verdict(tagged('z'))).toBe('covered');
    expect([...outbox.settling]).toEqual([{ kind: 'clear', settleMs: 7_000 }]);
    store.isDown = false;
    await clock.advance(2_000);
    await Promise.all(postings.map(({ recorded }) => recorded));
    expect(taken.map(({ coverage }) => coverage).slice(1)).toEqual([
      { kind: 'clear', settleMs: 7_000 },
    ]);
    expect(outbox.settling.size).toBe(0);
  });

  it('goes on trying for a while when it closes', async () => {
    const { outbox, clock, taken, store } = posting();
    store.isDown = true;
    const { recorded } = outbox.post(tag('a'), 'invalidate');
    await settle();
    const closing = outbox.close();
    await clock.advance(1_000);
    store.isDown = false;
    await clock.advance(3_000);
    expect(await closing).toBe(0);
    await recorded;
    expect(taken).toHaveLength(1);
  });

  it('rejects at the end what the store never took', async () => {
    const { outbox, clock, store } = posting();
    store.isDown = true;
    const { recorded } = outbox.post(tag('a'), 'invalidate');
    await settle();
    const closing = outbox.close();
    await clock.advance(6_000);
    expect(await closing).toBe(1);
    await expect(recorded).rejects.toMatchObject({ code: 'CLOSED' });
    expect(() => outbox.post(tag('b'), 'invalidate')).toThrow(
      expect.objectContaining({ code: 'CLOSED' }),
    );
    await clock.advance(0);
  });
});
