import type { IPeer, Tiers } from '../peers/peer.js';

/** The most that a peer can be: as an application with several processes would set it up. */
export function widestTiers({ abilities }: IPeer): Tiers {
  const order: readonly Tiers[] = ['both', 'shared', 'own'];
  return order.find((tiers) => abilities.includes(tiers)) ?? 'own';
}
