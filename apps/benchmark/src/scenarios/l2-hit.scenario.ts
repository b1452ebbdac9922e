import { StoreClock } from '../measuring/store-clock.js';
import { repeat } from '../measuring/stopwatch.js';
import { KINDS, type Kind } from '../measuring/values.js';
import { expectHits } from './expect-hits.js';
import { expectValue } from './expect-value.js';
import { openPeers } from './open-peers.js';
import type { IScenario } from './scenario.js';
import { TimedWay } from './timed.way.js';

const KEYS = Array.from({ length: 1_000 }, (_, i) => `patients:${i}`);
const idOf = (key: string): number => Number(key.slice(key.indexOf(':') + 1));

/** Hits in the shared store by so many callers, with no tier of the process's own. */
const l2Hit = (concurrent: number, kind: Kind, name: string): IScenario => ({
  name,
  title: `A read that hits in the shared store, ${concurrent} at a time, 1 KiB of JSON (${kind}).`,
  unit: 'us',
  reference: 'ioredis',
  everyStore: true,
  async open(context) {
    const make = KINDS[kind];
    const opened = await openPeers(context, 'shared', { load: async (key) => make(idOf(key)) });
    const clock = new StoreClock(context.url);
    return opened.map(({ name, cache, loads }) => {
      let before = 0;
      const check = async (): Promise<void> => {
        await repeat(KEYS.length, 64, (i) => cache.read(KEYS[i] as string));
        await cache.settled?.();
        // So that entries are checked, not merely newer than all records.
        await cache.invalidate?.('another');
        await expectHits(loads, () =>
          repeat(KEYS.length, 64, async (i) => {
            expectValue('a hit', await cache.read(KEYS[i] as string), make(i));
          }),
        );
        before = loads();
      };
      return new TimedWay({
        name,
        unit: 'us',
        roundMs: context.sizes.roundMs * 2,
        concurrent,
        operation: (i) => cache.read(KEYS[i % KEYS.length] as string),
        check,
        // Where the store does not answer in time, a read goes to its loader: that is no hit.
        details: async () => {
          const cpuUs = await clock.cpuUs();
          return async (calls) => ({
            'store us': ((await clock.cpuUs()) - cpuUs) / calls,
            'reads that were no hits': loads() - before,
          });
        },
        close: async () => {
          clock.close();
          await cache.close();
        },
      });
    });
  },
});

export const l2HitScenarios: readonly IScenario[] = [
  l2Hit(1, 'record', 'l2-hit-1'),
  l2Hit(64, 'record', 'l2-hit-64'),
  l2Hit(64, 'article', 'l2-hit-64-texts'),
  l2Hit(512, 'record', 'l2-hit-512'),
];
