import type { IPeer } from './peer.js';

/**
 * A peer by its name, without the packages of all others: for processes that ask one.
 * @throws Error if no adapter's file has that name
 */
export async function peerNamed(name: string): Promise<IPeer> {
  const { peer } = (await import(`./${name}.peer.js`)) as { peer: IPeer };
  return peer;
}
