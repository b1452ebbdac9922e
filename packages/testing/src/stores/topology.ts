import { mayBeSkipped } from './describe-with-store.js';
import { describeWith } from './describe-with.js';
import { PRODUCTS } from './products.js';
import { onFirstHost, type HostSource, type ServerHost } from './server-host.js';
import { hostSources, redisSources } from './start-store.js';
import type { StoreProduct } from './test-store.js';

/** Servers find each other and tell their addresses to clients: that must be the same address for all. */
const LOOPBACK = '127.0.0.1';

export interface TopologyOptions<P extends StoreProduct = 'redis' | 'valkey'> {
  /** Redis if absent, which may be a Valkey where a binary is all there is. */
  readonly product?: P;
  /** Further arguments of every server that holds data. */
  readonly args?: readonly string[];
  /** `process.env` if absent. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A set of servers that belong together. */
export interface Topology {
  /** Ends all of them and removes their folders. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts servers on one host: on this machine, else all of them in one container.
 * @throws Error that names what was tried and why it failed
 */
export async function startTopology<T>(
  portCount: number,
  { product = 'redis', env }: TopologyOptions<StoreProduct>,
  start: (host: ServerHost) => Promise<T>,
): Promise<T> {
  const sources = topologySources(product, env);
  if (sources.length === 0) throw new Error(noServers(product));
  return onFirstHost(sources, portCount, (host) => {
    if (host.address === LOOPBACK) return start(host);
    throw new Error(`Docker is at ${host.address}; several servers need one on this machine`);
  });
}

/**
 * Declares tests that need several servers. They are reported as skipped, with the reason, where none can be started;
 * that is an error if they are of Redis, `CI` is set, and there is no address of a Redis either.
 */
export function describeWithTopology<T extends Topology>(
  name: string,
  body: (topology: () => T) => void,
  start: () => Promise<T>,
  { product = 'redis', env }: TopologyOptions<StoreProduct>,
): void {
  const canStart = topologySources(product, env).length > 0;
  if (!canStart && redisSources(env).length === 0) mayBeSkipped(product, env);
  describeWith(name, canStart ? null : noServers(product), start, body);
}

/** Binaries first: nothing stands between the servers' ports and the tests. */
function topologySources(product: StoreProduct, env?: NodeJS.ProcessEnv): readonly HostSource[] {
  return hostSources(product, env).toReversed();
}

function noServers(product: StoreProduct): string {
  const { label, binaries } = PRODUCTS[product];
  return `no servers of ${label}: put ${binaries.join(' or ')} on the PATH, or start Docker`;
}
