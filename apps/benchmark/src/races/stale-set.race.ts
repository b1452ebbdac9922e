import { setTimeout as sleep } from 'node:timers/promises';

import { openPeer } from '../scenarios/open-peers.js';
import type { IRace } from './race.js';
import { widestTiers } from './widest-tiers.js';

/** For what is written behind the caller's back. */
const WRITTEN_MS = 200;

/** The race that every cache-aside loses: a slow load that began before a write and ends after it. */
export const staleSetRace: IRace = {
  name: 'stale set',
  title:
    'While a load is under way, the source changes and the key is invalidated; then the load ends with the old value. ' +
    'A read that begins afterwards must get the new one.',
  needs: ['invalidation'],
  otherwise: 'it has no invalidation',
  async run({ peer, store }) {
    let source = 'old';
    let [begin, release] = [(): void => undefined, (): void => undefined];
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const load = async (): Promise<unknown> => {
      const read = source;
      begin();
      await released;
      return { read };
    };
    const tiers = widestTiers(peer);
    const { cache } = await openPeer(peer, { tiers, url: store.url, load });
    const first = cache.read('row:1');
    await begun;
    source = 'new';
    await cache.invalidate?.('row:1');
    release();
    await first;
    await cache.settled?.();
    await sleep(WRITTEN_MS);
    const { read } = (await cache.read('row:1')) as { read: string };
    await cache.close();
    return read === 'new'
      ? { verdict: 'pass', seen: 'the new value' }
      : { verdict: 'fail', seen: 'the value from before the write, until it expires' };
  },
};
