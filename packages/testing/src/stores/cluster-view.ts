import { withRedis } from './redis-client.js';

/** A node as another one, or itself, sees it. */
export interface SeenNode {
  readonly id: string;
  readonly port: number;
  readonly isPrimary: boolean;
  /** Of a replica. */
  readonly primaryId: string | null;
  /** Whether it is suspected to be down, or known to be. */
  readonly isDown: boolean;
  /** First and last of each range. */
  readonly slots: readonly (readonly [number, number])[];
}

/** What a node knows of its cluster. */
export interface ClusterView {
  readonly isOk: boolean;
  readonly own: SeenNode;
  readonly nodes: readonly SeenNode[];
}

/** Asks a node for its view. */
export async function clusterView({ url }: { readonly url: string }): Promise<ClusterView> {
  return withRedis(url, async (client) => {
    const [info, lines] = [await client.cluster('INFO'), await client.cluster('NODES')];
    const rows = String(lines)
      .split('\n')
      .filter((line) => line !== '');
    const nodes = rows.map(seenNode);
    const own = nodes[rows.findIndex((row) => row.includes('myself'))] as SeenNode;
    return { isOk: /^cluster_state:ok/m.test(String(info)), own, nodes };
  });
}

/** The node that owns the slot, or `undefined`. */
export function ownerOf(nodes: readonly SeenNode[], slot: number): SeenNode | undefined {
  return nodes.find(({ slots }) => slots.some(([first, last]) => first <= slot && slot <= last));
}

/** A line of CLUSTER NODES: id, address, flags, primary, ping, pong, epoch, link, slots. */
export function seenNode(line: string): SeenNode {
  const [id = '', address = '', flags = '', primary = '-', , , , , ...slots] = line.split(' ');
  const all = flags.split(',');
  return {
    id,
    port: Number(/:(\d+)(@|$)/.exec(address.split(',')[0] ?? '')?.[1]),
    isPrimary: all.includes('master'),
    primaryId: primary === '-' ? null : primary,
    isDown: all.some((flag) => ['fail', 'fail?', 'handshake', 'noaddr'].includes(flag)),
    slots: slots.filter((slot) => !slot.startsWith('[')).map(range),
  };
}

function range(text: string): readonly [number, number] {
  const [first = '', last = first] = text.split('-');
  return [Number(first), Number(last)];
}
