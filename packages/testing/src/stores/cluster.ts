import { until } from '../contract/until.js';
import { formCluster, SLOTS } from './cluster-formation.js';
import { clusterView, ownerOf, type ClusterView, type SeenNode } from './cluster-view.js';
import { withRedis } from './redis-client.js';
import { isLinked, QUICK_SYNC } from './replica-pair.js';
import type { ServerHost } from './server-host.js';
import { ServerStore } from './server-store.js';
import { moveSlot, type MigrationOptions } from './slot-migration.js';
import type { OwnedStore } from './test-store.js';
import {
  describeWithTopology,
  startTopology,
  type Topology,
  type TopologyOptions,
} from './topology.js';

export interface ClusterOptions extends TopologyOptions {
  /** How long a node must be silent before others take it for down; 1500 if absent. */
  readonly nodeTimeoutMs?: number;
}

/** Three primaries and three replicas. */
export interface TestCluster extends Topology {
  /** What a client of the cluster is given. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The servers; the first three began as primaries. */
  readonly members: readonly OwnedStore[];
  /** The primaries that own slots, as the first serving member sees them. */
  primaries(): Promise<readonly OwnedStore[]>;
  /** The replicas of a primary, as the first serving member sees them. */
  replicasOf(primary: OwnedStore): Promise<readonly OwnedStore[]>;
  slotOf(key: string): Promise<number>;
  /** The primary that owns the key's slot, as the first serving member sees it. */
  nodeOf(key: string): Promise<OwnedStore>;
  /** Moves a slot with its keys to the primary at that port. */
  migrateSlot(slot: number, toPort: number, options?: MigrationOptions): Promise<void>;
  /** Makes the replica the primary of its slots, without loss; resolves as `settled` does. */
  failover(replica: OwnedStore): Promise<void>;
  /**
   * Resolves when all serving members say that the cluster is well and agree on it: each slot is owned by a serving
   * member, none is suspected that serves, and each serving replica is linked to its primary.
   * @throws Error after `boundMs`, 30000 if absent
   */
  settled(boundMs?: number): Promise<void>;
}

const MEMBERS = 6;
const SETTLE_MS = 30_000;

/**
 * Starts a cluster of six nodes; resolves as `settled` does.
 * @throws Error that names what was tried and why it failed
 */
export function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const { product = 'redis', args = [], nodeTimeoutMs = 1_500 } = options;
  return startTopology(MEMBERS, options, async (host) => {
    const cluster = ['--cluster-enabled', 'yes', '--cluster-announce-ip', host.address];
    const timeout = ['--cluster-node-timeout', `${nodeTimeoutMs}`];
    const all = [...cluster, ...timeout, ...QUICK_SYNC, ...args];
    const plans = host.ports.map((port) => ({ product, port, args: all }));
    const members = await ServerStore.startAll(host, plans);
    await formCluster(members);
    const started = new SixNodes(host, members);
    await started.settled();
    return started;
  });
}

/** Declares tests that need a cluster: skipped, with the reason, where none can be started. */
export function describeWithCluster(
  name: string,
  body: (cluster: () => TestCluster) => void,
  options: ClusterOptions = {},
): void {
  describeWithTopology(name, body, () => startCluster(options), options);
}

class SixNodes implements TestCluster {
  readonly nodes: TestCluster['nodes'];

  constructor(
    private readonly host: ServerHost,
    readonly members: readonly ServerStore[],
  ) {
    this.nodes = members.map(({ host: address, port }) => ({ host: address, port }));
  }

  async primaries(): Promise<readonly OwnedStore[]> {
    const { nodes } = await this.view();
    return nodes.filter(({ slots }) => slots.length > 0).map((node) => this.member(node));
  }

  async replicasOf(primary: OwnedStore): Promise<readonly OwnedStore[]> {
    const { nodes } = await this.view();
    const id = nodes.find(({ port }) => port === primary.port)?.id;
    return nodes.filter(({ primaryId }) => primaryId === id).map((node) => this.member(node));
  }

  slotOf(key: string): Promise<number> {
    return withRedis(this.asked().url, (client) => client.cluster('KEYSLOT', key));
  }

  async nodeOf(key: string): Promise<OwnedStore> {
    return this.member(this.owner(await this.view(), await this.slotOf(key)));
  }

  async migrateSlot(slot: number, toPort: number, options?: MigrationOptions): Promise<void> {
    const view = await this.view();
    const owner = this.owner(view, slot);
    const target = view.nodes.find(({ port, isPrimary }) => isPrimary && port === toPort);
    if (!target) throw new Error(`There is no primary at port ${toPort}.`);
    const [from, to] = [owner, target].map((node) => ({ id: node.id, store: this.member(node) }));
    if (!from || !to || from.id === to.id) return;
    const primaries = (await this.primaries()).filter(({ isServing }) => isServing);
    await moveSlot(slot, { from, to, primaries }, options);
    await this.settled();
  }

  async failover(replica: OwnedStore): Promise<void> {
    await withRedis(replica.url, (client) => client.cluster('FAILOVER'));
    await until('the replica has become a primary', async () => {
      return (await clusterView(replica)).own.isPrimary && (await this.isSettled());
    });
  }

  settled(boundMs = SETTLE_MS): Promise<void> {
    return until('the nodes of the cluster agree', () => this.isSettled(), boundMs);
  }

  stop(): Promise<void> {
    return this.host.stop();
  }

  private asked(): ServerStore {
    const [first] = this.members.filter(({ isServing }) => isServing);
    if (!first) throw new Error('No member of the cluster is up.');
    return first;
  }

  private view(): Promise<ClusterView> {
    return clusterView(this.asked());
  }

  private owner({ nodes }: ClusterView, slot: number): SeenNode {
    const found = ownerOf(nodes, slot);
    if (!found) throw new Error(`Nobody owns slot ${slot}.`);
    return found;
  }

  private member({ port }: SeenNode): ServerStore {
    return this.members.find((member) => member.port === port) as ServerStore;
  }

  private isSettled(): Promise<boolean> {
    // Servers on their way up reject much: one more way of not being settled.
    return this.agree().catch(() => false);
  }

  private async agree(): Promise<boolean> {
    const serving = this.members.filter(({ isServing }) => isServing);
    const views = await Promise.all(serving.map(clusterView));
    if (!views.every((view) => view.isOk && this.isComplete(view, serving))) return false;
    if (new Set(views.map(slotMap)).size > 1) return false;
    const replicas = serving.filter((_, at) => !views[at]?.own.isPrimary);
    return (await Promise.all(replicas.map(isLinked))).every(Boolean);
  }

  private isComplete({ nodes }: ClusterView, serving: readonly ServerStore[]): boolean {
    const upPorts = new Set(nodes.filter(({ isDown }) => !isDown).map(({ port }) => port));
    const owners = nodes.filter(({ slots }) => slots.length > 0);
    const owned = owners.flatMap(({ slots }) => slots).map(([first, last]) => last - first + 1);
    return (
      owned.reduce((sum, count) => sum + count, 0) === SLOTS &&
      owners.every((node) => this.member(node)?.isServing) &&
      serving.every(({ port }) => upPorts.has(port))
    );
  }
}

function slotMap({ nodes }: ClusterView): string {
  const rows = nodes.map(({ port, primaryId, slots }) => [port, primaryId, slots.join(' ')].join());
  return rows.sort().join('\n');
}
