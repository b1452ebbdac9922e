import { setTimeout as sleep } from 'node:timers/promises';

import { openPeer } from '../scenarios/open-peers.js';
import type { IRace, Outcome } from './race.js';
import { widestTiers } from './widest-tiers.js';

const BOUND_MS = 1_000;
const PATIENCE_MS = 3_000;

/** Whether a read ends when the store is gone: its loader needs none. */
export const storeDownRace: IRace = {
  name: 'store down',
  title:
    'The store is killed; then a key is read that was never cached, whose loader answers at once. The read must give ' +
    'its value within a second.',
  needs: ['shared'],
  otherwise: 'it has no shared store',
  async run({ peer, store }) {
    const tiers = widestTiers(peer);
    const load = async (key: string): Promise<unknown> => ({ key });
    const { cache } = await openPeer(peer, { tiers, url: store.url, load });
    await cache.read('row:1');
    if (!store.kill)
      return { verdict: 'not run', seen: `a store from ${store.kind} can't be killed` };
    await store.kill();
    await sleep(50);
    // What it leaves open ends with this process.
    return answer(cache.read('row:2'));
  },
};

async function answer(read: Promise<unknown>): Promise<Outcome> {
  const startedAt = performance.now();
  const ended = read.then(
    () => 'gave its value',
    () => 'rejected',
  );
  const seen = await Promise.race([ended, sleep(PATIENCE_MS, null)]);
  const ms = Math.round(performance.now() - startedAt);
  if (seen === null) return { verdict: 'fail', seen: `no answer within ${PATIENCE_MS / 1_000} s` };
  const isRight = seen === 'gave its value' && ms <= BOUND_MS;
  return { verdict: isRight ? 'pass' : 'fail', seen: `${seen} after ${ms} ms` };
}
