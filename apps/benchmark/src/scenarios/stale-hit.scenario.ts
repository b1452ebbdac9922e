import { setTimeout as sleep } from 'node:timers/promises';

import { expectValue } from './expect-value.js';
import { openPeers } from './open-peers.js';
import type { IScenario } from './scenario.js';
import { TimedWay } from './timed.way.js';

const KEYS = Array.from({ length: 16 }, (_, i) => `users:${i}`);
const STALE_AFTER_MS = 1_000;
/** Some caches count in whole seconds. */
const WAIT_MS = 2_100;

/** A value past its fresh time, while its refresh is under way. */
export const staleHitScenario: IScenario = {
  name: 'stale-hit',
  title:
    'A read of a stale value in the own process, served while the load that renews it is under way, one caller.',
  unit: 'ns',
  reference: 'bentocache',
  async open(context) {
    let source = 'old';
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const load = async (id: string): Promise<unknown> => {
      const read = source;
      if (source === 'new') await released;
      return { id, read };
    };
    const terms = { load, staleAfterMs: STALE_AFTER_MS };
    const opened = await openPeers(context, 'own', terms, ['stale']);
    for (const { cache } of opened) for (const key of KEYS) await cache.read(key);
    await sleep(WAIT_MS);
    source = 'new';
    return opened.map(({ name, cache, loads }) => {
      const check = async (): Promise<void> => {
        for (const id of KEYS) expectValue('a value', await cache.read(id), { id, read: 'old' });
        await sleep(50); // what begins behind the reader's back
        if (loads() === KEYS.length)
          throw new Error('nothing is renewed: the values are not stale');
      };
      return new TimedWay({
        name,
        unit: 'ns',
        roundMs: context.sizes.roundMs,
        operation: (i) => cache.read(KEYS[i % KEYS.length] as string),
        check,
        close: async () => {
          release();
          await cache.close();
        },
      });
    });
  },
};
