import { expectHits } from './expect-hits.js';
import { expectValue } from './expect-value.js';
import { openPeers } from './open-peers.js';
import type { IScenario } from './scenario.js';
import { TimedWay } from './timed.way.js';

const KEYS = Array.from({ length: 1_000 }, (_, i) => `users:${i}`);
const valueOf = (key: string): object => ({ id: key, name: 'Ada', roles: ['reader'] });

/** A hit in the process's own memory. */
export const l1HitScenario: IScenario = {
  name: 'l1-hit',
  title: 'A read that hits in the memory of its own process, one caller, 1 000 keys.',
  unit: 'ns',
  reference: 'lru-cache',
  async open(context) {
    const opened = await openPeers(context, 'own', { load: async (key) => valueOf(key) });
    return opened.map(({ name, cache, loads }) => {
      const check = async (): Promise<void> => {
        for (const key of KEYS) await cache.read(key);
        await cache.settled?.();
        await expectHits(loads, async () => {
          for (const key of KEYS) expectValue('a hit', await cache.read(key), valueOf(key));
        });
      };
      return new TimedWay({
        name,
        unit: 'ns',
        roundMs: context.sizes.roundMs,
        operation: (i) => cache.read(KEYS[i % KEYS.length] as string),
        check,
        close: () => cache.close(),
      });
    });
  },
};
