import { CacheError } from '@vitalcache/core';

const BYTES = [
  'connect',
  'get',
  'set',
  'del',
  'batch',
  'sweep',
  'tagIndex',
  'index',
  'inspect',
  'fenced',
  'compare',
  'lease',
  'status',
] as const;
const JOURNAL = ['open', 'append', 'read', 'readBackwards', 'poll', 'advance'] as const;

/** What a provider can be asked: its own methods by capability, and those of its journals. */
export type ChaosOperation = (typeof BYTES)[number] | (typeof JOURNAL)[number];

/** Several operations in one word. `bytes`: everything but the journal. */
export type ChaosTarget = ChaosOperation | 'all' | 'bytes' | 'journal';

/** Error classes of a server's replies. */
export type StoreReply = 'READONLY' | 'OOM' | 'LOADING' | 'CLUSTERDOWN' | 'MOVED' | 'NOSCRIPT';

/**
 * What goes wrong with an operation until it is healed.
 * - `throw`: it rejects with `error`, such as one of a vendor's client; absent: `STORE_UNAVAILABLE`
 * - `delay`: it is done `ms` later, on the injected clock; `late: 'answer'`: done at once, and answered later
 * - `hang`: it is never answered; once healed, it is done after all
 * - `corrupt`: what `get` and `getMany` find is changed: one bit `flip`ped, the second half `cut` off, other bytes
 * - `lie`: it claims success without doing anything, or that there is nothing to be found
 */
export type ChaosFault =
  | { readonly kind: 'throw'; readonly error?: Error }
  | { readonly kind: 'delay'; readonly ms: number; readonly late?: 'request' | 'answer' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'corrupt'; readonly bytes: 'flip' | 'cut' | Spoil | Uint8Array }
  | { readonly kind: 'lie' };

/** Gives other bytes instead of those that were found. */
export type Spoil = (found: Uint8Array) => Uint8Array;

/** Operations whose answers hold bytes. */
const READING: readonly ChaosOperation[] = ['get', 'batch'];

/**
 * The operations that a fault of `target` concerns.
 * @throws CacheError `OPTION_INVALID` for bytes that are to be corrupted where none are read
 */
export function operationsOf(target: ChaosTarget, fault?: ChaosFault): readonly ChaosOperation[] {
  const named = target === 'all' || target === 'bytes' || target === 'journal';
  const operations = named ? GROUPS[target] : [target];
  if (fault?.kind !== 'corrupt') return operations;
  const reading = operations.filter((operation) => READING.includes(operation));
  if (reading.length > 0) return reading;
  throw new CacheError(
    'OPTION_INVALID',
    `corrupt is no fault of ${target}; accepted: ${READING.join(', ')}, bytes, all.`,
  );
}

const GROUPS = { all: [...BYTES, ...JOURNAL], bytes: BYTES, journal: JOURNAL } as const;

/** Every operation with the same value. */
export function forEachOperation<T>(value: T): Record<ChaosOperation, T> {
  return Object.fromEntries(GROUPS.all.map((operation) => [operation, value])) as Record<
    ChaosOperation,
    T
  >;
}

/** What a server of that mind answers, as a provider hands it on: a refusal, or an outage that ends by itself. */
export function storeError(reply: StoreReply): CacheError {
  const isAway = reply === 'LOADING' || reply === 'CLUSTERDOWN';
  return new CacheError(
    isAway ? 'STORE_UNAVAILABLE' : 'STORE_REFUSED',
    `The store refused a command (${reply}).`,
  );
}

/** Other bytes than those found, as the fault wants them. */
export function spoiled(
  found: Uint8Array,
  bytes: Extract<ChaosFault, { kind: 'corrupt' }>['bytes'],
): Uint8Array {
  if (typeof bytes === 'function') return bytes(found);
  if (bytes === 'cut') return found.slice(0, found.length >> 1);
  if (bytes !== 'flip') return new Uint8Array(bytes);
  const changed = new Uint8Array(found);
  const middle = changed.length >> 1;
  if (changed.length > 0) changed[middle] = (changed[middle] as number) ^ 1;
  return changed;
}
