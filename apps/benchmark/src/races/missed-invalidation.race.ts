import { setTimeout as sleep } from 'node:timers/promises';

import { startProxy } from '@vitalcache/testing';

import { openPeer } from '../scenarios/open-peers.js';
import type { IRace } from './race.js';
import { widestTiers } from './widest-tiers.js';

const AWAY_MS = 1_500;
const BACK_MS = 3_000;

/** Whether a process that was cut off from the store learns what was invalidated meanwhile. */
export const missedInvalidationRace: IRace = {
  name: 'missed invalidation',
  title:
    'Two processes hold a key. One loses its connections for 1.5 s; meanwhile the source changes and the other ' +
    'invalidates the key. 3 s after it is back, the first must not serve the old value.',
  needs: ['both', 'invalidation'],
  otherwise: 'it has no two tiers: there is no copy that could be forgotten',
  waitsMs: AWAY_MS + BACK_MS,
  async run({ peer, store }) {
    const tiers = widestTiers(peer);
    const { hostname, port } = new URL(store.url);
    const proxy = await startProxy({ host: hostname, port: Number(port) });
    let source = 'old';
    const load = async (): Promise<unknown> => ({ read: source });
    const terms = { tiers, namespace: 'missed', load };
    const away = await openPeer(peer, { ...terms, url: `redis://${proxy.host}:${proxy.port}` });
    const home = await openPeer(peer, { ...terms, url: store.url });
    for (const { cache } of [away, home]) await cache.read('row:1');
    await home.cache.settled?.();
    proxy.refuse();
    proxy.cut();
    await sleep(AWAY_MS / 2);
    source = 'new';
    await home.cache.invalidate?.('row:1');
    await home.cache.read('row:1');
    await sleep(AWAY_MS / 2);
    await proxy.heal();
    await sleep(BACK_MS);
    const { read } = (await away.cache.read('row:1')) as { read: string };
    // What is still open ends with this process.
    return read === 'new'
      ? { verdict: 'pass', seen: 'the new value' }
      : { verdict: 'fail', seen: 'the old value, until it expires' };
  },
};
