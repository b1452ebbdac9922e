import { randomUUID } from 'node:crypto';

import type { IPeer, OpenCache, PeerAbility, PeerTerms, Tiers } from '../peers/peer.js';
import type { ScenarioContext } from './scenario.js';

/** A peer that is open, and how often it had to load. */
export interface OpenPeer {
  readonly name: string;
  readonly cache: OpenCache;
  readonly namespace: string;
  /** Loads so far. */
  readonly loads: () => number;
}

/** What is asked of the peers of a scenario. */
export type WantedTerms = Partial<Omit<PeerTerms, 'tiers' | 'load'>> & Pick<PeerTerms, 'load'>;

export const TTL_MS = 3_600_000;
const MAX_ENTRIES = 100_000;

/** Opens the peers that can do what is needed, each with a namespace of its own. */
export async function openPeers(
  { peers, url, product }: Pick<ScenarioContext, 'peers' | 'url' | 'product'>,
  tiers: Tiers,
  terms: WantedTerms,
  needs: readonly PeerAbility[] = [],
): Promise<OpenPeer[]> {
  const able = peers.filter(({ abilities }) =>
    [tiers, ...needs].every((need) => abilities.includes(need)),
  );
  return Promise.all(able.map((peer) => openPeer(peer, { tiers, url, product, ...terms })));
}

export async function openPeer(
  peer: IPeer,
  terms: WantedTerms & Pick<PeerTerms, 'tiers' | 'url'>,
): Promise<OpenPeer> {
  const namespace = terms.namespace ?? `b${randomUUID().slice(0, 8)}`;
  let loads = 0;
  const load = (key: string): Promise<unknown> => {
    loads++;
    return terms.load(key);
  };
  const cache = await peer.open({
    ttlMs: TTL_MS,
    maxEntries: MAX_ENTRIES,
    ...terms,
    namespace,
    load,
  });
  return { name: peer.name, cache, namespace, loads: () => loads };
}
