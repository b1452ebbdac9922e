import { until } from '../contract/until.js';
import { clusterView } from './cluster-view.js';
import { withRedis } from './redis-client.js';
import type { ServerStore } from './server-store.js';

export const SLOTS = 16_384;

/** Makes a cluster of servers that know nothing of each other: first the primaries, then as many replicas. */
export async function formCluster(members: readonly ServerStore[]): Promise<void> {
  const primaries = members.slice(0, members.length / 2);
  const replicas = members.slice(primaries.length);
  await Promise.all(primaries.map((store, at) => giveSlots(store, at, primaries.length)));
  await Promise.all(members.map((store, at) => meet(store, members.slice(at + 1))));
  const ids = await Promise.all(primaries.map(async (store) => (await clusterView(store)).own.id));
  await Promise.all(replicas.map((store, at) => replicate(store, ids[at] as string)));
}

/** The share of the slots. Range by range needs Redis 7; one by one does not. */
async function giveSlots({ url }: ServerStore, at: number, of: number): Promise<void> {
  const [first, next] = [Math.ceil((at * SLOTS) / of), Math.ceil(((at + 1) * SLOTS) / of)];
  const slots = Array.from({ length: next - first }, (_, index) => first + index);
  await withRedis(url, async (client) => {
    // Different ones from the start: otherwise primaries have to settle on them first.
    await client.cluster('SET-CONFIG-EPOCH', at + 1);
    await client.cluster('ADDSLOTS', ...slots);
  });
}

/** Each with each: gossip alone would take seconds. */
async function meet({ url }: ServerStore, others: readonly ServerStore[]): Promise<void> {
  await withRedis(url, async (client) => {
    for (const { host, port } of others) await client.cluster('MEET', host, port);
  });
}

async function replicate(store: ServerStore, primaryId: string): Promise<void> {
  await until('a replica knows its primary', async () => {
    const { nodes } = await clusterView(store);
    return nodes.some(({ id, isDown }) => id === primaryId && !isDown);
  });
  await withRedis(store.url, (client) => client.cluster('REPLICATE', primaryId));
}
