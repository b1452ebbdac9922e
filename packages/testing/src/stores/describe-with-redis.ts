import { runner } from '../contract/runner.js';
import { NO_REDIS, redisSources, startRedis } from './start-redis.js';
import type { StoreAbility, TestStore } from './test-store.js';

const START_BOUND_MS = 120_000;

export interface DescribeWithRedisOptions {
  /** What the tests do with the store beyond using it; a store that can't do it is no store for them. */
  readonly needs?: readonly StoreAbility[];
  /** `process.env` if absent. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Declares tests that need a real Redis. Where there is no way to one, or only to one without what is needed, they are
 * reported as skipped, with the reason; no way at all is an error if `CI` is set.
 *
 * @param body gets a function that gives the store, to be called from tests and hooks, and what the store is able to do
 * @throws Error if there is no way to a Redis and `CI` is set
 */
export function describeWithRedis(
  name: string,
  body: (store: () => TestStore, abilities: readonly StoreAbility[]) => void,
  { needs = [], env = process.env }: DescribeWithRedisOptions = {},
): void {
  const { describe, beforeAll, afterAll } = runner();
  let store: TestStore | undefined;
  const given = (): TestStore => {
    if (!store) throw new Error('The store is there from beforeAll on.');
    return store;
  };

  const [source] = redisSources(env);
  const missing = source ? needs.filter((need) => !source.abilities.includes(need)) : [];
  if (!source && env['CI']) throw new Error(`CI is set, so Redis must not be skipped; ${NO_REDIS}`);
  if (!source || missing.length > 0) {
    const reason = source ? `a Redis from ${source.kind} can't ${missing.join(' or ')}` : NO_REDIS;
    return describe.skip(`${name} (skipped: ${reason})`, () => body(given, needs));
  }
  describe(name, () => {
    beforeAll(async () => {
      store = await startRedis(env);
    }, START_BOUND_MS);
    body(given, source.abilities);
    // Behind the body: hooks run in the order of their declaration, and what the body opened goes first.
    afterAll(async () => {
      await store?.stop();
    }, START_BOUND_MS);
  });
}
