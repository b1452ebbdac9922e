import { CacheService, type ICacheProvider } from '@vitalcache/core';

import { liveBytes } from '../measuring/garbage.js';
import type { IPeer, OpenCache, PeerTerms } from '../peers/peer.js';
import { expectValue } from './expect-value.js';
import { TTL_MS } from './open-peers.js';
import type { IScenario, Way } from './scenario.js';

/** A provider that keeps nothing: what is measured is the own tier. */
const NOWHERE: ICacheProvider = {
  get: async () => null,
  set: async () => undefined,
  del: async () => 0,
};

/** Entries that are there before the measured ones. */
const WARMED_UP = 5_000;

const keysOf = (count: number): string[] => Array.from({ length: count }, (_, i) => keyOf(i));
const keyOf = (index: number): string => Buffer.from(`users:${index}`).toString();
const valueOf = (index: number): object => Object.freeze({ id: index, at: index });

/** What an entry takes in the own process beside its key and value. */
export const memoryPerEntryScenario: IScenario = {
  name: 'memory-per-entry',
  title:
    'Bytes of the heap that an entry takes in the own process, beside its key and its value (a record of two numbers), after ' +
    'the garbage was collected. “With provider-memory” stores it a second time, as bytes.',
  unit: 'bytes',
  reference: 'lru-cache',
  isCold: true,
  roundShare: 0.2,
  async open({ peers, sizes }) {
    const able = peers.filter(({ abilities }) => abilities.includes('own'));
    bytesOfValue(sizes.held); // what the first call takes is not only its values'
    const valueBytes = bytesOfValue(sizes.held);
    const ways = able.map((peer) => {
      const name = peer.name === 'vitalcache' ? 'vitalcache with provider-memory' : peer.name;
      return wayOf(name, peer, sizes.held, valueBytes);
    });
    const ownTier = { open: ownTierOnly } as unknown as IPeer;
    const hasOwn = able.some(({ name }) => name === 'vitalcache');
    return hasOwn ? [wayOf('vitalcache', ownTier, sizes.held, valueBytes), ...ways] : ways;
  },
};

async function ownTierOnly({ load, maxEntries }: PeerTerms): Promise<OpenCache> {
  const cache = new CacheService(NOWHERE, { l1MaxBytes: maxEntries * 1_024 });
  await cache.start();
  const options = { ttl: TTL_MS / 1_000, tags: ['users'] };
  return {
    read: (key) => cache.cache(key, () => load(key), options),
    close: () => cache.close(),
  };
}

function wayOf(name: string, peer: IPeer, entries: number, valueBytes: number): Way {
  const load = async (key: string): Promise<unknown> => valueOf(Number(key.slice(6)));
  const open = (): Promise<OpenCache> =>
    peer.open({
      tiers: 'own',
      url: '',
      namespace: 'memory',
      load,
      ttlMs: TTL_MS,
      maxEntries: entries * 2,
    });
  return {
    name,
    check: async () => {
      const cache = await open();
      for (const i of [0, 1, 0, 1]) expectValue('a value', await cache.read(keyOf(i)), valueOf(i));
      await cache.close();
    },
    round: async () => {
      const cache = await open();
      // What a cache makes once, and V8 of its code, is not an entry's.
      for (let i = 0; i < WARMED_UP; i++) await cache.read(`first:${i}`);
      const keys = keysOf(entries);
      const before = liveBytes();
      for (const key of keys) await cache.read(key);
      const bytes = liveBytes() - before;
      await cache.close();
      return { value: Math.max(0, bytes / entries - valueBytes) };
    },
    close: async () => undefined,
  };
}

/** What a value takes by itself. */
function bytesOfValue(entries: number): number {
  const values = new Array<object | null>(entries).fill(null);
  const before = liveBytes();
  for (let i = 0; i < entries; i++) values[i] = valueOf(i);
  const bytes = liveBytes() - before;
  expectValue('the last value', values[entries - 1], valueOf(entries - 1));
  return bytes / entries;
}
