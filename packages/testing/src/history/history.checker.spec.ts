import fc from 'fast-check';

import { isCoveredBy } from './coverage.timeline.js';
import { checkHistory, type HistoryRule, type IgnoranceWindows } from './history.checker.js';
import type { HistoryEvent, InvalidationEvent, ReadEvent } from './history-event.js';

const MS = 1_000_000;
const WINDOWS: IgnoranceWindows = { blindAfterMs: 100, blindMaxMs: 300, slackMs: 0 };
const KEYS = ['item:a:1', 'item:a:2', 'item:b:3'];
const TAGS: Readonly<Record<string, readonly string[]>> = {
  'item:a:1': ['odd'],
  'item:a:2': [],
  'item:b:3': ['odd', 'b'],
};

/** A write at 100 ms, told of from 101 to 105 by worker 1. */
const invalidation = (change: Partial<InvalidationEvent> = {}): InvalidationEvent => ({
  type: 'invalidation',
  id: 'i1',
  worker: 1,
  covers: { kind: 'keys', keys: ['item:a:1'] },
  writtenAtNs: 100 * MS,
  startedAtNs: 101 * MS,
  endedAtNs: 105 * MS,
  recorded: true,
  ...change,
});

/** A read in worker 2, at 110 ms, of what was looked up at 90 ms. */
const read = (
  change: Partial<Omit<ReadEvent, 'value'>> & {
    readonly atMs?: number;
    readonly lookedAt?: number;
  },
): ReadEvent => {
  const { atMs = 110, lookedAt = 90, ...rest } = change;
  return {
    type: 'read',
    worker: 2,
    key: 'item:a:1',
    tags: ['odd'],
    how: 'eventual',
    startedAtNs: atMs * MS,
    endedAtNs: (atMs + 1) * MS,
    outcome: 'hit',
    tier: 'l2',
    value: { key: 'item:a:1', lookedAtNs: lookedAt * MS },
    ...rest,
  };
};

const rules = (...history: HistoryEvent[]): HistoryRule[] =>
  checkHistory(history, WINDOWS).violations.map(({ rule }) => rule);

describe('checkHistory', () => {
  describe('catches', () => {
    it('a covered value in the process that invalidated, at once, also when it was queued', () => {
      expect(rules(invalidation(), read({ worker: 1 }))).toEqual(['own']);
      expect(rules(invalidation({ recorded: false }), read({ worker: 1 }))).toEqual(['own']);
    });

    it('a covered value in a strong read elsewhere, at once', () => {
      expect(rules(invalidation(), read({ how: 'strong' }))).toEqual(['strong']);
    });

    it('a covered value in a read with the token of the invalidation, or of a later one', () => {
      const later = invalidation({
        id: 'i2',
        covers: { kind: 'tag', tag: 'other' },
        writtenAtNs: 106 * MS,
        startedAtNs: 106 * MS,
        endedAtNs: 107 * MS,
      });
      const [first, second] = ['i1', 'i2'].map((after) => read({ how: 'after', after }));
      expect(rules(invalidation(), later, first as ReadEvent)).toEqual(['after']);
      expect(rules(invalidation(), later, second as ReadEvent)).toEqual(['after']);
    });

    it('a covered value elsewhere after the window, which is longer for the own tier', () => {
      expect(rules(invalidation(), read({ atMs: 206 }))).toEqual(['window']);
      expect(rules(invalidation(), read({ atMs: 206, outcome: 'stale' }))).toEqual(['window']);
      expect(rules(invalidation(), read({ atMs: 206, tier: null, outcome: 'joined' }))).toEqual([
        'window',
      ]);
      expect(rules(invalidation(), read({ atMs: 406, tier: 'l1' }))).toEqual(['window']);
    });

    it.each([
      [{ kind: 'tag', tag: 'odd' }],
      [{ kind: 'pattern', pattern: 'item:a:*' }],
      [{ kind: 'pattern', pattern: '*:1' }],
      [{ kind: 'all' }],
      [{ kind: 'keys', keys: ['item:b:3', 'item:a:1'] }],
    ] as const)('what is covered by %j', (covers) => {
      expect(rules(invalidation({ covers }), read({ how: 'strong' }))).toEqual(['strong']);
    });

    it('a value of another key, and one that nobody can have looked up yet', () => {
      expect(rules({ ...read({}), value: { key: 'item:a:2', lookedAtNs: 0 } })).toEqual([
        'foreign',
      ]);
      expect(rules(read({ lookedAt: 112 }))).toEqual(['foreign']);
    });

    it('an old value behind a set', () => {
      const set = invalidation({ writtenAtNs: 101 * MS });
      expect(rules(set, read({ how: 'strong', lookedAt: 101 }))).toEqual([]);
      expect(rules(set, read({ how: 'strong', lookedAt: 100 }))).toEqual(['strong']);
    });
  });

  describe('accepts', () => {
    it('a covered value in a read that began before the invalidation resolved', () => {
      expect(rules(invalidation(), read({ worker: 1, how: 'strong', atMs: 105 }))).toEqual([]);
    });

    it('a covered value elsewhere within the window, and tells how late it was', () => {
      const { violations, lagsMs } = checkHistory(
        [invalidation(), read({}), read({ atMs: 405, tier: 'l1' })],
        WINDOWS,
      );
      expect(violations).toEqual([]);
      expect(lagsMs).toEqual([5, 300]);
    });

    it('a covered value elsewhere when the invalidation was queued only', () => {
      expect(rules(invalidation({ recorded: false }), read({ how: 'strong' }))).toEqual([]);
    });

    it('what was looked up after the write, or is not covered, however old', () => {
      expect(rules(invalidation(), read({ how: 'strong', lookedAt: 100 }))).toEqual([]);
      const covers = { kind: 'pattern', pattern: 'item.a:1' } as const;
      expect(rules(invalidation({ covers }), read({ atMs: 9_000 }))).toEqual([]);
    });

    it('a read with the token of an earlier invalidation', () => {
      const earlier = invalidation({
        id: 'i0',
        startedAtNs: 90 * MS,
        covers: { kind: 'tag', tag: 'x' },
      });
      expect(rules(earlier, invalidation(), read({ how: 'after', after: 'i0' }))).toEqual([]);
    });
  });

  it('agrees with a check of every pair', () => {
    fc.assert(
      fc.property(fc.array(anyEvent(), { maxLength: 40 }), (events) => {
        const history = events.map((event, n) =>
          event.type === 'invalidation' ? { ...event, id: `i${n}` } : event,
        );
        const found = new Set(checkHistory(history, WINDOWS).violations.map((one) => one.read));
        const expected = history.filter((one) => one.type === 'read' && isBroken(one, history));
        expect([...found]).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('accepts whatever caches do that keep no value over a write', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.nat(1)), { maxLength: 60 }),
        (steps) => {
          expect(checkHistory(honest(steps), WINDOWS).violations).toEqual([]);
        },
      ),
    );
  });
});

/** One cache shared by all workers that forgets everything with each invalidation. */
function honest(
  steps: readonly (readonly [kind: number, key: number, worker: number])[],
): HistoryEvent[] {
  const kept = new Map<string, number>();
  return steps.map(([kind, index, worker], n) => {
    const key = KEYS[index] as string;
    const startedAtNs = n * 10 * MS;
    if (kind === 0) {
      kept.clear();
      const covers = { kind: 'all' } as const;
      const at = { writtenAtNs: startedAtNs, startedAtNs, endedAtNs: startedAtNs + 1 };
      return invalidation({ id: `i${n}`, worker, covers, ...at });
    }
    const lookedAtNs = kept.get(key) ?? startedAtNs;
    kept.set(key, lookedAtNs);
    const how = kind === 1 ? 'strong' : 'eventual';
    return {
      ...read({ worker, how, atMs: n * 10, tags: TAGS[key] ?? [] }),
      key,
      value: { key, lookedAtNs },
    };
  });
}

function anyEvent(): fc.Arbitrary<HistoryEvent> {
  const ms = fc.nat(500);
  const covers = fc.constantFrom<InvalidationEvent['covers']>(
    { kind: 'keys', keys: ['item:a:1', 'item:b:3'] },
    { kind: 'keys', keys: ['item:a:2'] },
    { kind: 'tag', tag: 'odd' },
    { kind: 'pattern', pattern: 'item:a:*' },
    { kind: 'all' },
  );
  const worker = fc.nat(2);
  const made = fc
    .record({ worker, covers, at: ms, took: fc.nat(20), recorded: fc.boolean() })
    .map(({ at, took, ...rest }) =>
      invalidation({
        ...rest,
        writtenAtNs: at * MS,
        startedAtNs: (at + 1) * MS,
        endedAtNs: (at + 1 + took) * MS,
      }),
    );
  const how = fc.constantFrom('eventual', 'strong', 'after');
  const tier = fc.constantFrom('l1', 'l2', null);
  const seen = fc
    .record({
      worker,
      key: fc.constantFrom(...KEYS),
      how,
      tier,
      atMs: ms,
      age: ms,
      after: fc.nat(39),
    })
    .map(({ key, age, after, ...rest }) => ({
      ...read({ ...rest, tags: TAGS[key] ?? [] }),
      ...(rest.how === 'after' && { after: `i${after}` }),
      key,
      value: { key, lookedAtNs: (rest.atMs - age) * MS },
    }));
  return fc.oneof(made, seen);
}

/** The law, word by word. */
function isBroken(one: ReadEvent, history: readonly HistoryEvent[]): boolean {
  const all = history.filter((event) => event.type === 'invalidation');
  const token = all.find(({ id, recorded }) => id === one.after && recorded);
  return all.some((other) => {
    const covered = isCoveredBy(other.covers, one.key, one.tags);
    const isAfter = one.startedAtNs > other.endedAtNs;
    if (!covered || !isAfter || one.value.lookedAtNs >= other.writtenAtNs) return false;
    if (other.worker === one.worker) return true;
    if (!other.recorded) return false;
    if (one.how === 'strong') return true;
    if (token && (other === token || other.endedAtNs < token.startedAtNs)) return true;
    const windowMs = one.tier === 'l1' ? WINDOWS.blindMaxMs : WINDOWS.blindAfterMs;
    return one.startedAtNs - other.endedAtNs > windowMs * MS;
  });
}
