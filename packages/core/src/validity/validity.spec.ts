import fc from 'fast-check';

import type { Coverage, Genesis, JournalRecord } from '../journal/journal-record.js';
import { coverHashes, subjectOf, VARIANT_SEPARATOR, type Subject } from './cover-hash.js';
import { covers } from './pending-coverage.js';
import { Validity } from './validity.js';
import { worse } from './verdict.js';

const EPOCH = { stamp: 100, nonce: 1 };
const NO_TAGS = new Uint32Array();

function record(stamp: number, body: Coverage | Genesis, previous = stamp - 1): JournalRecord {
  return {
    stamp,
    nonce: stamp,
    epoch: EPOCH,
    previous: body.kind === 'genesis' ? null : { stamp: previous, nonce: previous },
    incarnation: 'x',
    constants: '1;xxh64',
    body,
  };
}

const hashes = (kind: 'key' | 'prefix' | 'tag', ...texts: string[]): Coverage => ({
  kind: 'hashes',
  hashes: coverHashes(kind, texts),
});

function started(slots = 1024): Validity {
  const validity = new Validity(slots);
  validity.startAt(record(100, { kind: 'genesis' }));
  return validity;
}

const KEY = 'users:7:profile';
const subject = subjectOf(KEY, coverHashes('tag', ['user:7']));
const at = (position: number) => ({ epoch: EPOCH, position });

/** Halves of hashes of things that nothing else is named after. */
function hashStream(): () => number {
  let pool: Uint32Array = new Uint32Array();
  let used = 0;
  let batch = 0;
  return () => {
    if (used === pool.length) {
      pool = coverHashes(
        'tag',
        Array.from({ length: 1_000 }, (_, i) => `${batch}:${i}`),
      );
      [used, batch] = [0, batch + 1];
    }
    return pool[used++] as number;
  };
}

describe('Validity', () => {
  it('refuses everything before the first sync', () => {
    const validity = new Validity(1024);
    expect(validity.fence()).toBeNull();
    expect(validity.isCovered(subject, at(1e15))).toBe(true);
  });

  it.each<[string, Coverage, boolean]>([
    ['its key', hashes('key', KEY), true],
    ['another key', hashes('key', 'users:8:profile'), false],
    ['a prefix of it', hashes('prefix', 'users:'), true],
    ['a longer prefix of it', hashes('prefix', 'users:7:'), true],
    ['a prefix that it lacks', hashes('prefix', 'user:'), false],
    ['a tag', hashes('tag', 'user:7'), true],
    ['a tag of its key’s name', hashes('tag', KEY), false],
    ['a glob', { kind: 'glob', pattern: '*:7:*' }, true],
    ['a glob that does not match', { kind: 'glob', pattern: '*:8:*' }, false],
    ['a clear', { kind: 'clear' }, true],
    ['a kind of a later version', { kind: 'unknown' }, true],
  ])('is covered by %s: %o → %s', (_name, body, expected) => {
    const validity = started();
    validity.apply(record(101, body));
    expect(validity.isCovered(subject, at(100))).toBe(expected);
    expect(validity.isCovered(subject, at(101))).toBe(false);
    expect(covers(body, subject)).toBe(expected);
  });

  it('covers a variant through its base key', () => {
    const variant = subjectOf(`${KEY}${VARIANT_SEPARATOR}abc`, NO_TAGS);
    for (const body of [
      hashes('key', KEY),
      hashes('prefix', 'users:7:'),
      { kind: 'glob', pattern: '*profile' } as const,
    ]) {
      const validity = started();
      validity.apply(record(101, body));
      expect(validity.isCovered(variant, at(100))).toBe(true);
    }
  });

  it('refuses entries of another epoch, and forgets what it knew when the epoch changes', () => {
    const validity = started();
    validity.apply(record(101, hashes('key', KEY)));
    const later = { ...record(200, { kind: 'genesis' }), epoch: { stamp: 200, nonce: 1 } };
    validity.startAt(later);
    expect(validity.isCovered(subject, at(1_000))).toBe(true);
    expect(validity.isCovered(subject, { epoch: later.epoch, position: 200 })).toBe(false);
  });

  it('looks only at records since an entry was last found valid', () => {
    const validity = started(2); // every hash collides
    validity.apply(record(101, hashes('key', 'something else')));
    expect(validity.isCovered(subject, at(100), 100)).toBe(true);
    expect(validity.isCovered(subject, at(100), 101)).toBe(false);
  });

  it.each<[string, Coverage]>([
    ['hashes', hashes('tag', 'user:7')],
    ['a glob', { kind: 'glob', pattern: 'users:*' }],
    ['a clear', { kind: 'clear' }],
  ])('calls an entry soft that %s covers only softly', (_name, body) => {
    const validity = started();
    validity.apply(record(101, { ...body, isSoft: true }));
    expect(validity.verdict(subject, at(100))).toBe('soft');
    expect(validity.isCovered(subject, at(100))).toBe(false);
    expect(validity.verdict(subject, at(101))).toBe('valid');
    expect(validity.verdict(subject, at(100), 101)).toBe('valid');
    expect(validity.floor).toBe(100);
    validity.apply(record(102, body));
    expect(validity.verdict(subject, at(100))).toBe('covered');
    validity.apply(record(103, { ...body, isSoft: true }));
    expect(validity.verdict(subject, at(100))).toBe('covered');
    expect(validity.verdict(subject, at(102))).toBe('soft');
  });

  it('takes a soft record of a kind of a later version for a hard one', () => {
    const validity = started();
    validity.apply(record(101, { kind: 'unknown', isSoft: true }));
    expect(validity.verdict(subject, at(100))).toBe('covered');
  });

  it('forgets soft records with the epoch, too', () => {
    const validity = started();
    validity.apply(record(101, { kind: 'clear', isSoft: true }));
    const epoch = { stamp: 50, nonce: 1 };
    validity.startAt({ ...record(60, { kind: 'genesis' }), epoch });
    expect(validity.verdict(subject, { epoch, position: 60 })).toBe('valid');
  });

  it('takes memory for soft records with the first of them', () => {
    let made = 0;
    class Counted extends Float64Array {
      constructor(length: number) {
        super(length);
        made++;
      }
    }
    const original = globalThis.Float64Array;
    globalThis.Float64Array = Counted as typeof Float64Array;
    const validity = started();
    validity.apply(record(101, { kind: 'clear' }));
    const madeBefore = made;
    validity.apply(record(102, { kind: 'clear', isSoft: true }));
    validity.apply(record(103, { kind: 'clear', isSoft: true }));
    globalThis.Float64Array = original;
    expect([madeBefore, made]).toEqual([2, 4]); // slots and their summary
  });

  it('probes nothing when there is nothing new since an entry was checked', () => {
    const validity = started();
    for (let i = 1; i <= 10; i++) validity.apply(record(100 + i, hashes('tag', `t${i}`)));
    const untouchable = new Proxy(subject, {
      get: () => {
        throw new Error('probed');
      },
    });
    const fence = Object.defineProperty(at(100), 'position', {
      get: () => {
        throw new Error('probed');
      },
    });
    expect(validity.verdict(untouchable, fence, 110)).toBe('valid');
    expect(() => validity.verdict(untouchable, at(100), 109)).toThrow('probed');
    expect(() => validity.verdict(subject, fence, 109)).toThrow('probed');
  });

  it('counts what it refuses for want of knowledge', () => {
    const validity = new Validity(1024);
    validity.startAt(record(200, hashes('tag', 'other')));
    validity.verdict(subject, at(150));
    validity.verdict(subject, at(150));
    validity.verdict(subjectOf('x', coverHashes('tag', ['other'])), at(150));
    validity.verdict(subject, at(200));
    expect(validity.needlessMisses.byFloor).toBe(2);
  });

  it.each([
    ['few', 60, 40],
    ['many', 400, 5],
  ])('estimates needless misses without bias when %s slots are raised', (_name, raised, truly) => {
    const validity = started(1024);
    const names = Array.from({ length: raised }, (_, i) => `tag ${i}`);
    names.forEach((name, i) => validity.apply(record(101 + i, hashes('tag', name))));
    const random = hashStream();
    let needless = 0;
    for (let i = 0; i < 200_000; i++) {
      const isTrue = i % 100 < truly;
      const own = isTrue ? coverHashes('tag', [`tag ${i % raised}`]) : [random(), random()];
      const target = { baseKey: '', hashes: Uint32Array.of(...own, random(), random()) };
      const isRefused = validity.isCovered(target, at(100));
      if (!isTrue) needless += Number(isRefused);
    }
    const { byCollision } = validity.needlessMisses;
    expect(needless).toBeGreaterThan(2_000);
    expect(byCollision / needless).toBeGreaterThan(0.85);
    expect(byCollision / needless).toBeLessThan(1.15);
  });

  it('turns the oldest glob into a clear when there are too many', () => {
    const validity = started();
    for (let i = 1; i <= 257; i++) {
      validity.apply(record(100 + i, { kind: 'glob', pattern: `*:x${i}` }));
    }
    expect(validity.isCovered(subject, at(100))).toBe(true);
    expect(validity.isCovered(subject, at(101))).toBe(false);
  });

  it('never calls an entry valid that a record covers, whatever is known and read in whatever order', () => {
    const keys = ['a:1', 'a:2', 'b:1', 'b:2:x'];
    const coverage = fc.oneof(
      fc.constantFrom(...keys).map((key) => hashes('key', key)),
      fc.constantFrom('a:', 'b:', 'b:2:').map((prefix) => hashes('prefix', prefix)),
      fc.constantFrom('t1', 't2').map((tag) => hashes('tag', tag)),
      fc.constantFrom('*:1', 'b*', '?:2*').map((pattern): Coverage => ({ kind: 'glob', pattern })),
      fc.constant<Coverage>({ kind: 'clear' }),
    );
    const terms = fc.boolean().map((isSoft) => (isSoft ? { isSoft } : {}));
    const body = fc.tuple(coverage, terms).map(([kind, soft]): Coverage => ({ ...kind, ...soft }));
    const scenario = fc.record({
      bodies: fc.array(body, { minLength: 1, maxLength: 25 }),
      joinAt: fc.nat(25),
      learned: fc.nat(25),
      key: fc.constantFrom(...keys),
      tags: fc.subarray(['t1', 't2']),
      fence: fc.nat(26),
      slots: fc.constantFrom(2, 16, 4_096),
    });
    fc.assert(
      fc.property(scenario, ({ bodies, joinAt, learned, key, tags, fence, slots }) => {
        const history = [
          record(100, { kind: 'genesis' }),
          ...bodies.map((body, i) => record(101 + i, body)),
        ];
        const join = Math.min(joinAt, history.length - 1);
        const validity = new Validity(slots);
        validity.startAt(history[join] as JournalRecord);
        const backwards = history.slice(Math.max(0, join - learned), join + 1).reverse();
        for (const old of backwards) {
          validity.raise(old);
          validity.lowerFloor(old.previous?.stamp ?? old.stamp);
        }
        for (const next of history.slice(join + 1)) validity.apply(next);
        const target: Subject = subjectOf(key, coverHashes('tag', tags));
        const covering = history.filter(
          ({ stamp, body }) =>
            stamp > 100 + fence && body.kind !== 'genesis' && covers(body, target),
        );
        const isHard = covering.some(({ body }) => body.kind !== 'genesis' && !body.isSoft);
        const exact = isHard ? 'covered' : covering.length > 0 ? 'soft' : 'valid';
        const verdict = validity.verdict(target, at(100 + fence));
        expect(worse(verdict, exact)).toBe(verdict);
        const knowsAll = learned >= join;
        if (knowsAll && slots === 4_096) expect(verdict).toBe(exact);
      }),
      { numRuns: 3_000 },
    );
  });
});
