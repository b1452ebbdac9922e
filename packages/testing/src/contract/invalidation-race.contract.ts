import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import {
  CacheService,
  type ICacheProvider,
  type IJournalLog,
  type InvalidationResult,
} from '@vitalcache/core';

import { runner } from './runner.js';

/** How {@link describeInvalidationRace} gets its stores. */
export interface InvalidationRaceHarness {
  /** A provider on the one store that the suite uses; called once for each cache. */
  readonly open: () => ICacheProvider;
  /** How often the quick race is run; 10 000 if absent. */
  readonly rounds?: number;
}

/** The ways to invalidate, each covering {@link RACE_KEY} with the tag `user:7`. */
export const INVALIDATIONS: Readonly<
  Record<string, (cache: CacheService) => Promise<InvalidationResult>>
> = {
  key: (cache) => cache.invalidateCache(RACE_KEY),
  tag: (cache) => cache.invalidateCacheByTag('user:7'),
  'prefix pattern': (cache) => cache.invalidateCacheByPattern('users:7:*'),
  'glob pattern': (cache) => cache.invalidateCacheByPattern('*:7:pro?ile'),
  clear: (cache) => cache.clear(),
};

/** The key that {@link INVALIDATIONS} cover. */
export const RACE_KEY = 'users:7:profile';

const OPTIONS = { ttl: 60, tags: ['user:7'] };

/**
 * The race that caches lose: a loader reads v1, v2 is written and invalidated while it runs, and the loader returns v1.
 * Whatever is read after the invalidation has resolved must not be v1; by the process that invalidated, at once; by
 * others, once they have read the journal so far. The same race is run with records that cover nothing, where
 * it must be lost: otherwise the suite would prove nothing.
 */
export function describeInvalidationRace(
  name: string,
  { open, rounds = 10_000 }: InvalidationRaceHarness,
): void {
  const { describe, it } = runner();
  describe(`${name}: a slow load against an invalidation`, () => {
    for (const [kind, invalidate] of Object.entries(INVALIDATIONS)) {
      it(`by ${kind}, in one cache`, () =>
        withCaches([open()], async ([cache]) => {
          assert.equal(await race(cache, cache, invalidate), 'v2');
        }));
      it(`by ${kind}, in another cache`, () =>
        withCaches([open(), open()], async ([loading, writing]) => {
          assert.equal(await race(loading, writing, invalidate), 'v2');
        }));
      it(`by ${kind}, is lost when the journal says nothing`, () =>
        withCaches([silenced(open())], async ([cache]) => {
          assert.equal(await race(cache, cache, invalidate), 'v1');
        }));
    }

    it(
      `is won ${rounds} times when a read follows at once, and what is loaded next is a hit`,
      () =>
        withCaches([open()], async ([cache]) => {
          for (let i = 0; i < rounds; i++) {
            await cache.invalidateCacheByTag('user:7');
            const next = await cache.read(RACE_KEY, () => i, OPTIONS);
            const then = await cache.read(RACE_KEY, () => -1, OPTIONS);
            assert.deepEqual([next.value, then.value, then.outcome], [i, i, 'hit']);
          }
        }),
      300_000,
    );
  });
}

/** Runs the race once and resolves with what is read in the end; asserts that nobody read v1 before. */
async function race(
  loading: CacheService,
  writing: CacheService,
  invalidate: (cache: CacheService) => Promise<InvalidationResult>,
): Promise<string> {
  const source = { value: 'v1' };
  const [begun, overlapped] = [new Gate(), new Gate()];
  const load = async (): Promise<string> => {
    const { value } = source;
    begun.open();
    await overlapped.opened;
    return value;
  };
  const early = loading.cache(RACE_KEY, load, OPTIONS);
  await begun.opened;
  source.value = 'v2';
  const { stamp, recorded } = await invalidate(writing);
  assert.equal(recorded, true);
  const during = writing.cache(RACE_KEY, load, OPTIONS);
  overlapped.open();
  await early;
  const first = await during;
  await Promise.all([loading.settled(), writing.settled()]);
  assert.equal(await loading.waitFor(stamp), true);
  const reads = [first];
  for (const cache of [loading, writing]) {
    for (let i = 0; i < 5; i++) reads.push(await cache.cache(RACE_KEY, load, OPTIONS));
  }
  return reads.find((value) => value === 'v1') ?? 'v2';
}

/** Closed until it is opened. */
class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

async function withCaches<T extends readonly ICacheProvider[]>(
  providers: readonly [...T],
  body: (caches: { readonly [I in keyof T]: CacheService }) => Promise<void>,
): Promise<void> {
  const namespace = `race-${randomUUID()}`;
  const caches = providers.map((provider) => new CacheService(provider, { namespace }));
  try {
    await Promise.all(caches.map((cache) => cache.start()));
    await body(caches as { readonly [I in keyof T]: CacheService });
    await caches[0]?.clear();
  } finally {
    for (const cache of caches) await cache.close();
  }
}

/** The provider with a journal whose records cover nothing that is read here: the validity rule switched off. */
function silenced(provider: ICacheProvider): ICacheProvider {
  const log = (namespace: string): IJournalLog => {
    const inner = provider.journal?.(namespace);
    if (!inner) throw new Error('The race needs a provider with a journal.');
    const nothing = { kind: 'hashes', hashes: Uint32Array.of(1, 1) } as const;
    return new Proxy(inner, {
      get: (target, member) =>
        member === 'append'
          ? (_: unknown, nonce: number) => target.append(nothing, nonce)
          : boundMember(target, member),
    });
  };
  return new Proxy(provider, {
    get: (target, member) => (member === 'journal' ? log : boundMember(target, member)),
  });
}

/** Private fields are reached through the object itself only, never through a proxy of it. */
function boundMember(target: object, member: string | symbol): unknown {
  const value: unknown = Reflect.get(target, member);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}
