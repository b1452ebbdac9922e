import { CacheError } from '../errors/cache.error.js';
import { compareEpochs, type Epoch, type Fence } from './fence.js';

/** A point in the history of one namespace, which a later read can ask for. */
export interface ReadPoint {
  readonly namespace: string;
  readonly epoch: Epoch;
  /** Microseconds. */
  readonly stamp: number;
}

/** Longest token that is looked at. */
const MAX_LENGTH = 512;
const PATTERN = /^1\.([\w-]*)\.([\da-z]{1,11})\.([\da-z]{1,7})\.([\da-z]{1,11})$/;

/** The point as one word of letters, digits and `-_.`, fit for URLs and headers. Its form may change. */
export function formatToken({ namespace, epoch, stamp }: ReadPoint): string {
  const name = Buffer.from(namespace, 'utf8').toString('base64url');
  return ['1', name, ...[epoch.stamp, epoch.nonce, stamp].map((n) => n.toString(36))].join('.');
}

/**
 * Reads what {@link formatToken} wrote.
 * @throws CacheError `OPTION_INVALID`
 */
export function parseToken(token: unknown): ReadPoint {
  const isShort = typeof token === 'string' && token.length <= MAX_LENGTH;
  const [, name, ...numbers] = (isShort && PATTERN.exec(token)) || [];
  const [epochStamp, nonce, stamp] = numbers.map((digits) => parseInt(digits, 36));
  const isNumber = (value: number | undefined): value is number => Number.isSafeInteger(value);
  if (name === undefined || !isNumber(epochStamp) || !isNumber(nonce) || !isNumber(stamp)) {
    throw new CacheError(
      'OPTION_INVALID',
      'after is no token of a cache; accepted: what cache.tokenOf(stamp) gives for the stamp of an invalidation, unchanged.',
    );
  }
  const namespace = Buffer.from(name, 'base64url').toString('utf8');
  return { namespace, epoch: { stamp: epochStamp, nonce }, stamp };
}

/**
 * What a process that is at `fence` of `namespace` knows of a point:
 * - `reached`: all of it. A later epoch than the point's begins with loads that saw whatever was recorded before it.
 * - `open`: the log may hold more, or it is another namespace's.
 * - `elsewhere`: it was recorded in a history that this process does not follow: on a primary that was replaced and does
 *   not know it yet, or on the one that replaced the primary of this process.
 */
export function standing(
  { epoch, stamp, namespace }: ReadPoint,
  own: string,
  fence: Fence,
): 'reached' | 'open' | 'elsewhere' {
  if (namespace !== own) return 'open';
  const age = compareEpochs(fence.epoch, epoch);
  if (age === 0) return fence.position >= stamp ? 'reached' : 'open';
  return age > 0 && stamp < fence.epoch.stamp ? 'reached' : 'elsewhere';
}

/** @throws CacheError `OPTION_INVALID` unless `token` is what `tokenOf` of some journal gave */
export function assertToken(token: unknown): asserts token is string {
  parseToken(token);
}
