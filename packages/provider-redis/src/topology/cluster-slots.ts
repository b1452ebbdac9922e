import type { Address } from '../connection/address.js';

/** Slots that one primary serves. */
export interface SlotRange {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  /** `null`: the node that was asked, which does not know its address. */
  readonly primary: Address | null;
}

/** Reads the reply to CLUSTER SLOTS; empty if it is none. */
export function parseClusterSlots(reply: unknown): readonly SlotRange[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((range: unknown) => {
    const [from, to, primary] = Array.isArray(range) ? (range as unknown[]) : [];
    const [host, port] = Array.isArray(primary) ? (primary as unknown[]) : [];
    if (typeof from !== 'number' || typeof to !== 'number') return [];
    const name = typeof host === 'string' ? host : '';
    const isKnown = name !== '' && name !== '?' && Number(port) > 0;
    return [{ from, to, primary: isKnown ? { host: name, port: Number(port) } : null }];
  });
}
