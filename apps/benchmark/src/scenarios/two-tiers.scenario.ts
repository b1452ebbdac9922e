import { record } from '../measuring/values.js';
import { zipfTrace } from '../measuring/zipf.js';
import { expectHits } from './expect-hits.js';
import { expectValue } from './expect-value.js';
import { openPeers } from './open-peers.js';
import type { IScenario } from './scenario.js';
import { TimedWay } from './timed.way.js';
import { repeat } from '../measuring/stopwatch.js';

/** Of the keys, that the own memory has room for. */
const OWN_SHARE = 0.1;
const CALLERS = 16;
/** What such a value takes as an entry of Vitalcache's own tier, by its own account: all have room for as many. */
const ENTRY_BYTES = 1_890;
const keyOf = (rank: number): string => `patients:${rank}`;
const idOf = (key: string): number => Number(key.slice(key.indexOf(':') + 1));

/** A memory that holds a tenth of what the shared store holds, asked as people ask. */
export const twoTiersScenario: IScenario = {
  name: 'two-tiers',
  title:
    'Reads of 10 000 keys that follow Zipf’s law, 16 at a time; the own memory has room for a tenth of them, the shared ' +
    'store has all. 1 KiB of JSON each.',
  unit: 'us',
  reference: 'bentocache',
  async open(context) {
    const keys = context.sizes.traceKeys;
    const trace = zipfTrace(keys, 10 * keys);
    const opened = await openPeers(context, 'both', {
      load: async (key) => record(idOf(key)),
      maxEntries: keys * OWN_SHARE,
      entryBytes: ENTRY_BYTES,
    });
    return opened.map(({ name, cache, loads }) => {
      let before = 0;
      const check = async (): Promise<void> => {
        await repeat(keys, CALLERS * 4, (i) => cache.read(keyOf(i)));
        await cache.settled?.();
        await expectHits(loads, async () => {
          for (let i = 0; i < 100; i++) {
            expectValue('a hit', await cache.read(keyOf(i)), record(i));
          }
        });
        before = loads();
      };
      return new TimedWay({
        name,
        unit: 'us',
        roundMs: context.sizes.roundMs * 2,
        concurrent: CALLERS,
        operation: (i) => cache.read(keyOf(trace[i % trace.length] as number)),
        check,
        details: async () => async () => ({ 'reads that were no hits': loads() - before }),
        close: () => cache.close(),
      });
    });
  },
};
