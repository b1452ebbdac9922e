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

/** Whether a process of `namespace` that is at `fence` is past the point, in its epoch or a later one. */
export function isPast(point: ReadPoint, namespace: string, fence: Fence): boolean {
  const isReached = compareEpochs(fence.epoch, point.epoch) >= 0 && fence.position >= point.stamp;
  return isReached && namespace === point.namespace;
}

/** @throws CacheError `OPTION_INVALID` unless `token` is what `tokenOf` of some journal gave */
export function assertToken(token: unknown): asserts token is string {
  parseToken(token);
}
