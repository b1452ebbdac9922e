import { findBinary } from './binary-process.js';
import { containerHost, hasDocker } from './container.host.js';
import { givenAddress } from './given-address.js';
import { localHost } from './local.host.js';
import { PRODUCTS } from './products.js';
import { onHost, type HostSource } from './server-host.js';
import { OWNED_ABILITIES, ServerStore } from './server-store.js';
import type { StoreProduct, StoreSource, TestStore } from './test-store.js';

export interface StoreOptions {
  /** Further arguments of the server, such as `['--appendonly', 'yes']`. A given address can't take any. */
  readonly args?: readonly string[];
  /** `process.env` if absent. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface DragonflyOptions extends StoreOptions {
  /** Whether Dragonfly answers as a cluster of one node does. A given address is what it is. */
  readonly clusterMode?: 'emulated';
}

/** Options of a store by its make. */
export interface StoreOptionsOf {
  readonly redis: StoreOptions;
  readonly valkey: StoreOptions;
  readonly dragonfly: DragonflyOptions;
}

/** Why there is no such store, and what would help. */
export function noStore(product: StoreProduct): string {
  const { label, urlVariable, binaries } = PRODUCTS[product];
  return `no ${label}: set ${urlVariable}, start Docker, or put ${binaries.join(' or ')} on the PATH`;
}

/** Why there is no Redis, and what would help. */
export const NO_REDIS = noStore('redis');

/** Where servers of this make can be started, best first for one server. */
export function hostSources(
  product: StoreProduct,
  env: NodeJS.ProcessEnv = process.env,
): readonly HostSource[] {
  const binary = findBinary(PRODUCTS[product].binaries, env['PATH']);
  return [
    ...(hasDocker(env) ? [containerHost(PRODUCTS[product])] : []),
    ...(binary ? [localHost(binary)] : []),
  ];
}

/** The ways to a store that this machine has, best first. An address that is given is the only one. */
export function storeSources<P extends StoreProduct>(
  product: P,
  options: StoreOptionsOf[P] = {},
): readonly StoreSource[] {
  const { args = [], env = process.env, clusterMode }: DragonflyOptions = options;
  const url = env[PRODUCTS[product].urlVariable];
  const allArgs = [...(clusterMode ? [`--cluster_mode=${clusterMode}`] : []), ...args];
  if (url) return [givenAddress(product, url, allArgs)];
  return hostSources(product, env).map((source) => ({
    kind: source.kind,
    abilities: OWNED_ABILITIES,
    start: () =>
      onHost(source, 1, (host) =>
        ServerStore.start(host, {
          product,
          port: host.ports[0] as number,
          args: allArgs,
          onStop: () => host.stop(),
        }),
      ),
  }));
}

/** `storeSources` of Redis. */
export function redisSources(env: NodeJS.ProcessEnv = process.env): readonly StoreSource[] {
  return storeSources('redis', { env });
}

/**
 * A store for tests: at the address that the environment gives, else in Docker, else from a binary on the PATH.
 * @throws Error that names what was tried and why it failed
 */
export async function startStore<P extends StoreProduct>(
  product: P,
  options: StoreOptionsOf[P] = {},
): Promise<TestStore> {
  const failures: string[] = [];
  for (const source of storeSources(product, options)) {
    try {
      return await source.start();
    } catch (error) {
      failures.push(`${source.kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const { label } = PRODUCTS[product];
  throw new Error(
    failures.length > 0
      ? `no ${label} could be started (${failures.join('; ')})`
      : noStore(product),
  );
}

/** `startStore` of Redis, which may be a Valkey where a binary is all there is. */
export function startRedis(env: NodeJS.ProcessEnv = process.env): Promise<TestStore> {
  return startStore('redis', { env });
}
