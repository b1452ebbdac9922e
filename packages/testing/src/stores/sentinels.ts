import { until } from '../contract/until.js';
import { withRedis } from './redis-client.js';
import { QUICK_SYNC, replicaOf } from './replica-pair.js';
import { namedPrimary, sentinelConf, seesAll, speedUp } from './sentinel-commands.js';
import type { ServerHost } from './server-host.js';
import { ServerStore } from './server-store.js';
import type { OwnedServer, OwnedStore } from './test-store.js';
import {
  describeWithTopology,
  startTopology,
  type Topology,
  type TopologyOptions,
} from './topology.js';

export interface SentinelOptions extends TopologyOptions {
  /** 2 if absent. */
  readonly replicas?: 1 | 2;
  /** How long a primary must be silent before a sentinel takes it for down; 1000 if absent. */
  readonly downAfterMs?: number;
  /** How long a failover may take before it is tried again; 3000 if absent. */
  readonly failoverTimeoutMs?: number;
}

/** A primary, its replicas, and three sentinels that watch over them. */
export interface Sentinels extends Topology {
  /** What the sentinels call the primary. */
  readonly name: string;
  readonly sentinels: readonly OwnedServer[];
  /** The servers that hold data. The first one began as the primary. */
  readonly nodes: readonly OwnedStore[];
  /** The primary, as the first serving sentinel names it: for a while it may be one that is down. */
  primary(): Promise<OwnedStore>;
  /** Orders a failover, and resolves when it is complete: as `settled` says, with another primary. */
  failover(): Promise<void>;
  /**
   * Resolves when all serving sentinels name the same serving primary, and all other serving nodes are its replicas.
   * @throws Error after `boundMs`, 30000 if absent
   */
  settled(boundMs?: number): Promise<void>;
}

const NAME = 'vitalcache';
const SENTINELS = 3;
const SETTLE_MS = 30_000;

/**
 * Starts a Sentinel trio; resolves when all sentinels see the replicas and each other.
 * @throws Error that names what was tried and why it failed
 */
export function startSentinels(options: SentinelOptions = {}): Promise<Sentinels> {
  const nodeCount = 1 + (options.replicas ?? 2);
  return startTopology(nodeCount + SENTINELS, options, async (host) => {
    const nodes = await startNodes(host, host.ports.slice(0, nodeCount), options);
    const [first] = nodes as [ServerStore, ...ServerStore[]];
    const sentinels = await startTrio(host, host.ports.slice(nodeCount), first, options);
    const trio = new SentinelTrio(host, nodes, sentinels);
    await trio.settled();
    return trio;
  });
}

/** Declares tests that need a Sentinel trio: skipped, with the reason, where none can be started. */
export function describeWithSentinels(
  name: string,
  body: (trio: () => Sentinels) => void,
  options: SentinelOptions = {},
): void {
  describeWithTopology(name, body, () => startSentinels(options), options);
}

async function startNodes(
  host: ServerHost,
  ports: readonly number[],
  { product = 'redis', args = [] }: SentinelOptions,
): Promise<readonly ServerStore[]> {
  const primary = { host: host.address, port: ports[0] as number };
  const plans = ports.map((port) => ({
    product,
    port,
    args: [...QUICK_SYNC, ...args],
    ...(port !== primary.port && { conf: replicaOf(primary) }),
  }));
  return ServerStore.startAll(host, plans);
}

async function startTrio(
  host: ServerHost,
  ports: readonly number[],
  primary: ServerStore,
  { product = 'redis', downAfterMs = 1_000, failoverTimeoutMs = 3_000 }: SentinelOptions,
): Promise<readonly ServerStore[]> {
  const conf = sentinelConf(NAME, primary, { downAfterMs, failoverTimeoutMs });
  const plan = { product, args: ['--sentinel'], conf, onStart: speedUp };
  return ServerStore.startAll(
    host,
    ports.map((port) => ({ ...plan, port })),
  );
}

class SentinelTrio implements Sentinels {
  readonly name = NAME;

  constructor(
    private readonly host: ServerHost,
    readonly nodes: readonly OwnedStore[],
    readonly sentinels: readonly ServerStore[],
  ) {}

  async primary(): Promise<OwnedStore> {
    const [asked] = this.serving();
    if (!asked) throw new Error('No sentinel is up.');
    const port = await namedPrimary(asked, NAME);
    const found = this.nodes.find((node) => node.port === port);
    if (!found)
      throw new Error(`The sentinels name port ${port}, where there is none of the nodes.`);
    return found;
  }

  async failover(): Promise<void> {
    const before = await this.primary();
    const order = (): Promise<unknown> =>
      withRedis((this.serving()[0] as ServerStore).url, (client) =>
        client.call('SENTINEL', 'FAILOVER', NAME),
      ).catch(() => null);
    await until(
      'another primary has the replicas',
      async () => {
        const now = await this.primary().catch(() => before);
        if (now !== before) return this.isSettled();
        // Refused while a replica is not known to be good, or a failover is under way; one that is accepted may be given up.
        await order();
        return false;
      },
      SETTLE_MS,
    );
  }

  settled(boundMs = SETTLE_MS): Promise<void> {
    return until('sentinels, primary and replicas agree', () => this.isSettled(), boundMs);
  }

  stop(): Promise<void> {
    return this.host.stop();
  }

  private serving(): readonly ServerStore[] {
    return this.sentinels.filter((sentinel) => sentinel.isServing);
  }

  private isSettled(): Promise<boolean> {
    // Servers on their way up reject much: one more way of not being settled.
    return this.agree().catch(() => false);
  }

  private async agree(): Promise<boolean> {
    const primary = await this.primary();
    const sight = {
      name: NAME,
      primary,
      replicas: this.nodes.filter((node) => node !== primary && node.isServing),
      others: this.serving().length - 1,
    };
    if (!primary.isServing) return false;
    const views = await Promise.all(this.serving().map((sentinel) => seesAll(sentinel, sight)));
    return views.every(Boolean);
  }
}
