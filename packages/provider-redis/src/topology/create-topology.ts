import { shardName } from '@vitalcache/core';

import { formatAddress, reachable, type Address } from '../connection/address.js';
import type { ConnectionBudget } from '../connection/connection-budget.js';
import { describeTarget, resolveTarget, type Target } from '../connection/connection-target.js';
import { RedisConnection } from '../connection/redis-connection.js';
import { retryPauseMs } from '../connection/redis-link.js';
import { invalid, withDefaults, type RedisServiceOptions } from '../connection/redis-options.js';
import type { RedisFailure } from '../connection/redis.errors.js';
import type { ServerSettings } from '../store/redis-server.js';
import { RedisStore, type RedisStoreOptions } from '../store/redis-store.js';
import { ClusterTopology } from './cluster.topology.js';
import { FixedTopology } from './fixed.topology.js';
import { SentinelDirectory } from './sentinel-directory.js';
import { SentinelTopology } from './sentinel.topology.js';
import type { Topology } from './topology.js';

/** What a topology is made from, beside the options. */
export interface TopologyParts {
  readonly options: RedisServiceOptions;
  readonly budget: ConnectionBudget;
  readonly tuning: ServerSettings['tuning'];
}

/** Where a server is found, and who knows when that changes. */
type Whereabouts = Pick<RedisStoreOptions['link'], 'locate' | 'watch'>;

/** @throws CacheError `CONFIG_INVALID` */
export function createTopology(parts: TopologyParts): Topology {
  const { options } = parts;
  const { sentinels, clusterNodes, shards } = options;
  const { addressMap } = withDefaults(options);
  if (shards) {
    const stores = shards.map((shard) => {
      return fixedStore(parts, resolveTarget(options, shard), shardName(shard));
    });
    assertUnlike(stores.map(({ name }) => name));
    return new FixedTopology(
      'shards',
      stores,
      shards.map(({ weight }) => weight ?? 1),
    );
  }
  const target = resolveTarget(options);
  if (clusterNodes) {
    const reach = (address: Address): Address => reachable(address, addressMap);
    return new ClusterTopology({
      nodes: clusterNodes,
      reach,
      createStore: (address) => nodeStore(parts, target, address),
      createVisitor: (address) => {
        const link = linkOf(options, target, { locate: () => target.endpoint(address) });
        return new RedisConnection({ ...link, role: 'replica', waitsForReturn: false });
      },
    });
  }
  if (sentinels) {
    const directory = new SentinelDirectory(sentinels, target, addressMap);
    const locate = async () => target.endpoint(await directory.primary());
    const store = createStore(parts, target, sentinels.name, { locate, watch: directory });
    return new SentinelTopology(store, directory);
  }
  return new FixedTopology('standalone', [fixedStore(parts, target, describeTarget(target))]);
}

/** A store whose primary stays where it is. */
function fixedStore(parts: TopologyParts, target: Target, name: string): RedisStore {
  return createStore(parts, target, name, { locate: () => target.endpoint(target.address) });
}

/** A node of a cluster. */
function nodeStore(parts: TopologyParts, target: Target, address: Address): RedisStore {
  return createStore(parts, target, formatAddress(address), {
    locate: () => target.endpoint(address),
  });
}

function createStore(
  { options, budget, tuning }: TopologyParts,
  target: Target,
  name: string,
  whereabouts: Whereabouts,
): RedisStore {
  const complete = withDefaults(options);
  const { onStateChange } = complete;
  return new RedisStore({
    name,
    link: linkOf(options, target, whereabouts),
    linkTo: (address) => linkOf(options, target, { locate: () => target.endpoint(address) }),
    settings: {
      poolSize: complete.poolSize,
      budget,
      tuning,
      isClustered: options.clusterNodes !== undefined,
    },
    readsReplicas: complete.readsReplicas,
    addressMap: complete.addressMap,
    leastConnections: options.leastConnections,
    onChange: (failure) => onStateChange(`${complete.product} ${name}: ${stateOf(failure)}`),
  });
}

function linkOf(
  options: RedisServiceOptions,
  target: Target,
  whereabouts: Whereabouts,
): RedisStoreOptions['link'] {
  const { connectTimeoutMs, commandTimeoutMs, retryDelayMs, random } = withDefaults(options);
  return {
    ...whereabouts,
    client: { ...target.client, connectionName: 'vitalcache' },
    patienceMs: connectTimeoutMs + commandTimeoutMs,
    commandTimeoutMs,
    retryDelayMs: (attempt: number) => retryPauseMs(attempt, retryDelayMs, random),
  };
}

function stateOf(failure: RedisFailure | null): string {
  return failure ? `not reachable (${failure.word}), trying again` : 'connected';
}

/** Names decide which keys a store gets: two of one name would share them by chance. */
function assertUnlike(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw invalid(`Two shards are called ${twice}; give them names that differ.`);
  }
}
