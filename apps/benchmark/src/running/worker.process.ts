import { setTimeout as sleep } from 'node:timers/promises';

import { peerNamed } from '../peers/peer-named.js';
import { openPeer, type OpenPeer } from '../scenarios/open-peers.js';
import type { PoolAnswer, PoolQuestion, PoolTerms } from './worker.pool.js';

/** One instance of an application: asks when it is told to, and says when there were loads and answers. */
const { peers, tiers, url } = JSON.parse(process.argv[2] as string) as PoolTerms;
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

let loadedAt: number[] = [];
let loadMs = 0;
const load = async (key: string): Promise<unknown> => {
  await sleep(loadMs);
  loadedAt.push(nowMs());
  return { key };
};
const open = new Map<string, OpenPeer>();
for (const name of peers) {
  open.set(name, await openPeer(await peerNamed(name), { tiers, url, namespace: 'pool', load }));
}

async function answer(question: PoolQuestion): Promise<PoolAnswer> {
  loadedAt = [];
  loadMs = question.loadMs;
  const { cache } = open.get(question.peer) as OpenPeer;
  const caller = async (): Promise<number> => {
    await cache.read(`${question.peer}:${question.key}`);
    return nowMs();
  };
  const answeredAt = await Promise.all(Array.from({ length: question.callers }, caller));
  return { loadedAt, answeredAt };
}

process.on('message', (question: PoolQuestion) => {
  void answer(question).then((given) => process.send?.(given));
});
process.on('disconnect', () => process.exit(0)); // what caches leave open, too
process.send?.('ready');
