import { until } from '../contract/until.js';
import { withRedis } from './redis-client.js';
import { ServerStore } from './server-store.js';
import type { OwnedStore, StoreProduct } from './test-store.js';
import {
  describeWithTopology,
  startTopology,
  type Topology,
  type TopologyOptions,
} from './topology.js';

export type ReplicaPairOptions = TopologyOptions<StoreProduct>;

/** A primary and its replica. The names say how they began, also after `promote`. */
export interface ReplicaPair extends Topology {
  readonly primary: OwnedStore;
  readonly replica: OwnedStore;
  /** Resolves when the replica has all that the primary has. */
  inSync(): Promise<void>;
  /** Makes the replica a primary of its own. The other one is told nothing. */
  promote(store: OwnedStore): Promise<void>;
}

/** Replicas get their first data at once, not after five seconds, and wait for no disk. */
export const QUICK_SYNC = [
  '--repl-diskless-sync-delay',
  '0',
  '--repl-diskless-sync',
  'yes',
  '--repl-diskless-load',
  'swapdb',
];

/**
 * Starts a primary and its replica; resolves when they are linked.
 * @throws Error that names what was tried and why it failed
 */
export function startReplicaPair(options: ReplicaPairOptions = {}): Promise<ReplicaPair> {
  const { product = 'redis', args = [] } = options;
  return startTopology(2, options, async (host) => {
    const [primaryPort, replicaPort] = host.ports as readonly [number, number];
    const isDragonfly = product === 'dragonfly';
    const all = isDragonfly ? args : [...QUICK_SYNC, ...args];
    const primary = await ServerStore.start(host, { product, port: primaryPort, args: all });
    const replica = await ServerStore.start(host, {
      product,
      port: replicaPort,
      ...(isDragonfly
        ? { args: [...all, `--replicaof=${host.address}:${primaryPort}`] }
        : { args: all, conf: replicaOf(primary) }),
    });
    await until('the replica is linked to its primary', () => isLinked(replica));
    return {
      primary,
      replica,
      inSync: () => inSync(primary, replica),
      promote: (store) =>
        withRedis(store.url, async (client) => void (await client.replicaof('NO', 'ONE'))),
      stop: () => host.stop(),
    };
  });
}

/** Declares tests that need a replica pair: skipped, with the reason, where none can be started. */
export function describeWithReplicaPair(
  name: string,
  body: (pair: () => ReplicaPair) => void,
  options: ReplicaPairOptions = {},
): void {
  describeWithTopology(name, body, () => startReplicaPair(options), options);
}

/** The line of the configuration that makes a server a replica. */
export function replicaOf({ host, port }: { host: string; port: number }): string {
  return `replicaof ${host} ${port}`;
}

/** Whether the store is a replica that has its primary's data and a connection to it. */
export async function isLinked({ url }: { url: string }): Promise<boolean> {
  const info = await withRedis(url, (client) => client.info('replication'));
  return /^master_link_status:up/m.test(info) && !/^master_sync_in_progress:1/m.test(info);
}

async function inSync(primary: OwnedStore, replica: OwnedStore): Promise<void> {
  await until('the replica is linked to its primary', () => isLinked(replica));
  await withRedis(primary.url, async (client) => {
    // A write of its own: WAIT knows of those of its connection only.
    await client.del(`${primary.prefix}-sync`);
    await client.set(`${primary.prefix}-sync`, '');
    await client.del(`${primary.prefix}-sync`);
    await until('the replica has caught up', async () => (await client.wait(1, 1_000)) > 0, 30_000);
  });
}
