import type { Coverage, Fence, JournalRecord } from '@vitalcache/core';

import { SimulatedJournal } from './simulated-journal.js';
import { SimulatedStore } from './simulated-store.js';
import { ProcessTime } from './virtual-clock.js';

/** A mechanism that is taken away, and the law that must then be found broken. */
export interface Flaw {
  readonly law: RegExp;
  /** Plans in which nothing justifies a second load. */
  readonly isCalm?: true;
  /** Takes the mechanism away; the function that it returns gives it back. */
  readonly apply: () => () => void;
}

type Prototype = Record<string, (...args: never[]) => unknown>;

/** Modules of core that its index does not show. */
function inner(path: string, name: string): Prototype {
  const module = jest.requireActual<Record<string, { readonly prototype: unknown }>>(
    `../../../core/src/${path}.js`,
  );
  const found = module[name]?.prototype;
  if (!found) throw new Error(`core has no ${name} in ${path} any more: the flaw must follow it.`);
  return found as Prototype;
}

/** Replaces a method; the new one gets the old one, and its `this` first. */
function replace(
  prototype: object,
  method: string,
  make: (original: (...args: never[]) => unknown) => (self: never, ...args: never[]) => unknown,
): () => void {
  const own = Object.getOwnPropertyDescriptor(prototype, method);
  const original: unknown = own?.value;
  if (typeof original !== 'function') {
    throw new Error(`There is no method ${method} any more: the flaw must follow it.`);
  }
  const replacement = make(original as (...args: never[]) => unknown);
  Object.defineProperty(prototype, method, {
    ...own,
    value(this: never, ...args: never[]): unknown {
      return replacement(this, ...args);
    },
  });
  return () => void Object.defineProperty(prototype, method, own as PropertyDescriptor);
}

/** Every method named answers the same from now on. */
const always =
  (path: string, name: string, answers: Readonly<Record<string, unknown>>) => (): (() => void) => {
    const undo = Object.entries(answers).map(([method, answer]) =>
      replace(inner(path, name), method, () => () => answer),
    );
    return () => undo.forEach((one) => one());
  };

/** Switches for what `jest.mock` replaces in the spec, for functions of modules can't be replaced otherwise. */
export const switches = { linksFit: false, epochsRise: false, waitsForEver: false };

const switched = (name: keyof typeof switches) => (): (() => void) => {
  switches[name] = true;
  return () => void (switches[name] = false);
};

const STALE = /=> (nothing stale after an invalidation|no hit after a soft invalidation)/;

export const FLAWS: Readonly<Record<string, Flaw>> = {
  'the fence is read when the load is over': {
    law: STALE,
    apply: () =>
      replace(inner('journal/journal', 'Journal'), 'fence', (original) => (self) => {
        const fence = original.call(self) as Fence | null;
        return (
          fence && {
            epoch: fence.epoch,
            get position() {
              return (original.call(self) as Fence).position;
            },
          }
        );
      }),
  },
  'an own reply moves the position, but covers nothing': {
    law: STALE,
    apply: () => {
      const own = new WeakSet<object>();
      const undoAppend = replace(
        SimulatedJournal.prototype,
        'append',
        (original) => (self, coverage: Coverage, nonce: number) => {
          const record = original.call(self, ...([coverage, nonce] as never[])) as object | null;
          if (!record) return record;
          const copy = { ...record };
          own.add(copy);
          return copy;
        },
      );
      const undoTake = replace(
        inner('journal/journal.reader', 'JournalReader'),
        'take',
        (original) => (self, record: JournalRecord) => {
          const body = { kind: 'hashes', hashes: new Uint32Array(0) };
          const known = own.has(record) ? { ...record, body } : record;
          return original.call(self, ...([known] as never[]));
        },
      );
      return () => {
        undoTake();
        undoAppend();
      };
    },
  },
  'the link to the predecessor is not looked at': { law: STALE, apply: switched('linksFit') },
  'any other epoch is taken for a later one': { law: STALE, apply: switched('epochsRise') },
  'those who join a load are not checked when it is over': {
    law: STALE,
    apply: always('journal/journal', 'Journal', { hasSeen: true }),
  },
  'a blind process does not know that it is': {
    law: STALE,
    apply: always('journal/journal', 'Journal', { isBlind: false, linkAgeMs: 0 }),
  },
  'a strong read does not catch up': {
    law: STALE,
    apply: always('journal/journal', 'Journal', { catchUp: Promise.resolve(true) }),
  },
  'what lies before the first look at the log counts as known': {
    law: STALE,
    apply: () =>
      replace(
        inner('validity/validity', 'Validity'),
        'startAt',
        (original) => (self: { lowerFloor(stamp: number): void }, record: JournalRecord) => {
          original.call(self as never, ...([record] as never[]));
          self.lowerFloor(0);
        },
      ),
  },
  'a value is set although its key was invalidated meanwhile': {
    law: STALE,
    apply: always('journal/set-watches', 'SetWatches', { onRecord: undefined, onJump: undefined }),
  },
  'a set forgets what its get knew': {
    law: STALE,
    apply: always('service/missed-reads', 'MissedReads', { take: null }),
  },
  'what is loaded while the source lags is kept': {
    law: /=> nothing is kept of a source that lags/,
    apply: always('journal/hold-offs', 'HoldOffs', { snapshot: { covers: () => false } }),
  },
  'a record that no store holds counts as recorded': {
    law: /=> (recorded means recorded|nothing stale after|nothing is kept of)/,
    apply: () =>
      replace(
        SimulatedJournal.prototype,
        'append',
        (original) => (self: SimulatedJournal, coverage: Coverage, nonce: number) => {
          const before = self.snapshot();
          const record = original.call(self as never, ...([coverage, nonce] as never[]));
          self.restore(before);
          return record;
        },
      ),
  },
  'what waits to be recorded does not count': {
    law: STALE,
    apply: always('journal/outbox', 'Outbox', { verdict: 'valid' }),
  },
  'a store that restarts keeps its identity': {
    law: STALE,
    apply: () => replace(SimulatedJournal.prototype, 'restart', () => () => undefined),
  },
  'a lease can be released by anyone': {
    law: /=> one load at a time/,
    isCalm: true,
    apply: () =>
      replace(
        SimulatedStore.prototype,
        'releaseLease',
        () => (self: SimulatedStore, key: string) => self.del(key) === 1,
      ),
  },
  'a lease is no longer kept while the load runs': {
    law: /=> one load at a time/,
    isCalm: true,
    apply: () => replace(SimulatedStore.prototype, 'extendLease', () => () => false),
  },
  'waits have no bound': { law: /=> nothing hangs/, apply: switched('waitsForEver') },
  'timers are not ended with what they were for': {
    law: /=> nothing is left behind/,
    apply: () =>
      replace(
        ProcessTime.prototype,
        'sleep',
        (original) => (self, ms: number) => original.call(self, ...([ms] as never[])),
      ),
  },
};
