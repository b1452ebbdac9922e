import { openPeer } from '../scenarios/open-peers.js';
import type { IRace } from './race.js';
import { widestTiers } from './widest-tiers.js';

/** Whether a hit gives what a miss gave. */
export const dateRace: IRace = {
  name: 'Date',
  title:
    'A value with a Date is loaded by one process and read by another, or again where nothing is shared. The hit must ' +
    'have a Date, too.',
  needs: [],
  otherwise: '',
  async run({ peer, store }) {
    const tiers = widestTiers(peer);
    const terms = { tiers, url: store.url, namespace: 'dates' };
    const load = async (): Promise<unknown> => ({ at: new Date(0) });
    const writer = await openPeer(peer, { ...terms, load });
    await writer.cache.read('row:1');
    await writer.cache.settled?.();
    const reader = tiers === 'own' ? writer : await openPeer(peer, { ...terms, load });
    const before = reader.loads();
    const { at } = (await reader.cache.read('row:1')) as { at: unknown };
    const isHit = reader.loads() === before;
    for (const { cache } of new Set([writer, reader])) await cache.close();
    if (!isHit) return { verdict: 'fail', seen: 'it was no hit' };
    return at instanceof Date
      ? { verdict: 'pass', seen: 'a Date' }
      : { verdict: 'fail', seen: `a ${typeof at}: ${JSON.stringify(at)}` };
  },
};
