import { record } from '../measuring/values.js';
import { expectHits } from './expect-hits.js';
import { expectValue } from './expect-value.js';
import { openPeers, type OpenPeer } from './open-peers.js';
import type { IScenario, ScenarioContext } from './scenario.js';
import { TimedWay } from './timed.way.js';

const IDS = Array.from({ length: 1_000 }, (_, i) => i);
const KEYS = IDS.map((id) => `patients:${id}`);
const VALUES = IDS.map(record);
const ENTRIES = KEYS.map((key, i) => [key, VALUES[i]] as const);
const idOf = (key: string): number => Number(key.slice(key.indexOf(':') + 1));

const open = (context: ScenarioContext): Promise<OpenPeer[]> =>
  openPeers(context, 'shared', { load: async (key) => record(idOf(key)) });

async function fill({ cache }: OpenPeer): Promise<void> {
  if (cache.writeMany) await cache.writeMany(ENTRIES);
  else for (const key of KEYS) await cache.read(key);
  await cache.settled?.();
  await cache.invalidate?.('another'); // so that entries are checked, not merely newer than all records
}

/** A thousand cached values at once, and the same where what is missing is loaded. */
export const batchGetScenario: IScenario = {
  name: 'batch-get',
  title:
    '1 000 keys of 1 KiB in one call that hits in the shared store, one call after the other; “loading” is the call that ' +
    'would load what is missing.',
  unit: 'ms',
  reference: 'ioredis',
  everyStore: true,
  async open(context) {
    const way = (peer: OpenPeer, name: string, readMany: (keys: string[]) => Promise<unknown>) =>
      new TimedWay({
        name,
        unit: 'ms',
        roundMs: context.sizes.roundMs * 2,
        operation: () => readMany(KEYS),
        check: async () => {
          await fill(peer);
          await expectHits(peer.loads, async () => {
            expectValue('the values', await readMany(KEYS), VALUES);
          });
        },
        close: () => peer.cache.close(),
      });
    return (await open(context)).flatMap((peer) => {
      const { readMany, loadMany } = peer.cache;
      return [
        ...(readMany ? [way(peer, peer.name, readMany)] : []),
        ...(loadMany ? [way(peer, `${peer.name}, loading`, loadMany)] : []),
      ];
    });
  },
};

/** A thousand values stored at once. */
export const batchSetScenario: IScenario = {
  name: 'batch-set',
  title: '1 000 values of 1 KiB stored in one call, one call after the other.',
  unit: 'ms',
  reference: 'ioredis',
  everyStore: true,
  async open(context) {
    return (await open(context)).flatMap((peer) => {
      const { readMany, writeMany, close } = peer.cache;
      if (!readMany || !writeMany) return [];
      return new TimedWay({
        name: peer.name,
        unit: 'ms',
        roundMs: context.sizes.roundMs * 2,
        operation: () => writeMany(ENTRIES),
        check: async () => {
          await writeMany(ENTRIES);
          expectValue('what was stored', await readMany(KEYS), VALUES);
        },
        close,
      });
    });
  },
};
