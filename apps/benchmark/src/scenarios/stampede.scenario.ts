import { setTimeout as sleep } from 'node:timers/promises';

import { timed } from '../measuring/stopwatch.js';
import { expectValue } from './expect-value.js';
import { openPeers } from './open-peers.js';
import type { IScenario } from './scenario.js';

const CALLERS = 200;
const LOAD_MS = 20;

/** Everybody asks for the same cold key at once, in one process. */
export const stampedeScenario: IScenario = {
  name: 'stampede',
  title:
    '200 callers of one process ask for one cold key, whose load takes 20 ms: until all have the value.',
  unit: 'ms',
  reference: 'lru-cache',
  async open(context) {
    const load = async (key: string): Promise<unknown> => {
      await sleep(LOAD_MS);
      return { key };
    };
    const opened = await openPeers(context, 'own', { load });
    return opened.map(({ name, cache, loads }) => {
      let next = 0;
      const stampede = (key: string): Promise<unknown[]> =>
        Promise.all(Array.from({ length: CALLERS }, () => cache.read(key)));
      return {
        name,
        check: async () => {
          for (const value of await stampede('checked')) {
            expectValue('the value', value, { key: 'checked' });
          }
        },
        round: async () => {
          const before = loads();
          const { wallMs, cpuMs } = await timed(() => stampede(`cold:${next++}`));
          return { value: wallMs, cpu: cpuMs, details: { loads: loads() - before } };
        },
        close: () => cache.close(),
      };
    });
  },
};
