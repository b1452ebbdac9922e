import { record } from '../measuring/values.js';
import { expectValue } from './expect-value.js';
import { openPeers } from './open-peers.js';
import type { IScenario } from './scenario.js';
import { TimedWay } from './timed.way.js';

const CALLERS = 64;
const idOf = (key: string): number => Number(key.slice(key.indexOf(':') + 1));

/** A key that nobody asked for before, whose loader answers at once: what the cache adds to a load. */
export const coldMissScenario: IScenario = {
  name: 'cold-miss',
  title:
    'A read of a key that was never cached, 64 at a time, whose loader answers at once; the value (1 KiB) is stored in ' +
    'the shared store.',
  unit: 'us',
  reference: 'ioredis',
  async open(context) {
    const opened = await openPeers(context, 'shared', { load: async (key) => record(idOf(key)) });
    return opened.map(({ name, cache, loads }) => {
      const check = async (): Promise<void> => {
        expectValue('a miss', await cache.read('checked:7'), record(7));
        await cache.settled?.();
        expectValue('the value after it', await cache.read('checked:7'), record(7));
        expectValue('loads', loads(), 1);
      };
      return new TimedWay({
        name,
        unit: 'us',
        roundMs: context.sizes.roundMs * 2,
        concurrent: CALLERS,
        operation: (i) => cache.read(`cold:${i}`),
        check,
        close: () => cache.close(),
      });
    });
  },
};
