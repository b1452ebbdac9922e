import { describeWith } from './describe-with.js';
import { PRODUCTS } from './products.js';
import { noStore, startStore, storeSources, type StoreOptionsOf } from './start-store.js';
import type { StoreAbility, StoreProduct, TestStore } from './test-store.js';

/** What the tests do with the store beyond using it. */
export interface StoreNeeds {
  /** A store that can't do it is no store for them. */
  readonly needs?: readonly StoreAbility[];
}

export type DescribeWithStoreOptions<P extends StoreProduct> = StoreNeeds & StoreOptionsOf[P];
export type DescribeWithRedisOptions = DescribeWithStoreOptions<'redis'>;

/** Gets a function that gives the store, to be called from tests and hooks, and what the store is able to do. */
export type StoreTests = (store: () => TestStore, abilities: readonly StoreAbility[]) => void;

/**
 * Declares tests that need a real store. Where there is no way to one, or only to one without what is needed, they are
 * reported as skipped, with the reason; no way at all to a Redis is an error if `CI` is set.
 *
 * @throws Error if there is no way to a Redis and `CI` is set
 */
export function describeWithStore<P extends StoreProduct>(
  product: P,
  name: string,
  body: StoreTests,
  options: DescribeWithStoreOptions<P> = {},
): void {
  const [source] = storeSources(product, options);
  if (!source) mayBeSkipped(product, options.env);
  const { label } = PRODUCTS[product];
  const missing = needsOf(options).filter((need) => source && !source.abilities.includes(need));
  const inability = `a ${label} from ${source?.kind} can't ${missing.join(' or ')}`;
  const skipped = source ? (missing.length > 0 ? inability : null) : noStore(product);
  const abilities = source?.abilities ?? needsOf(options);
  describeWith(
    name,
    skipped,
    () => startStore(product, options),
    (store) => body(store, abilities),
  );
}

/** `describeWithStore` of Redis, which may be a Valkey where a binary is all there is. */
export function describeWithRedis(
  name: string,
  body: StoreTests,
  options: DescribeWithRedisOptions = {},
): void {
  describeWithStore('redis', name, body, options);
}

/** @throws Error if it is Redis and `CI` is set: a run without it would prove nothing */
export function mayBeSkipped(product: StoreProduct, env: NodeJS.ProcessEnv = process.env): void {
  if (product !== 'redis' || !env['CI']) return;
  throw new Error(`CI is set, so Redis must not be skipped; ${noStore(product)}`);
}

function needsOf<P extends StoreProduct>(
  options: DescribeWithStoreOptions<P>,
): readonly StoreAbility[] {
  const { needs = [], args, clusterMode }: DescribeWithStoreOptions<'dragonfly'> = options;
  return args || clusterMode ? [...needs, 'configure'] : needs;
}
