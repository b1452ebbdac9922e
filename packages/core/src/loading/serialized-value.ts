import { CacheError } from '../errors/cache.error.js';
import type { ValueSerializer } from '../options/cache-options.js';
import { UnprojectableValue } from '../options/projection.js';
import { NOT_MODIFIED } from './not-modified.js';
import type { Loader } from '../strategy/read-request.js';

/** A loader's value that its serializer did not take: returned as it is, and not cached. */
export class UnserializableValue extends CacheError {
  override readonly name: string = 'UnserializableValue';

  constructor(readonly value: unknown) {
    super('VALUE_INVALID', 'serializer.toCache threw an error; the value was not cached.');
  }
}

/**
 * A loader whose values are made plain before they are stored.
 * @param isProtected whether nobody gets a value that could not be made plain: what was to be hidden may be in it
 * @throws UnserializableValue, UnprojectableValue
 */
export function serialized<T>(
  load: Loader<T>,
  serializer: ValueSerializer,
  isProtected: boolean,
): Loader<unknown> {
  return async (context) => {
    const value = await load(context);
    try {
      return plainOf(value, serializer);
    } catch (error) {
      if (isProtected || error instanceof UnprojectableValue) throw new UnprojectableValue();
      throw new UnserializableValue(value);
    }
  };
}

/** What is stored of a value. "Nothing" stays as it is. */
export function plainOf(value: unknown, serializer: ValueSerializer | null): unknown {
  const isPlain = value === null || value === undefined || value === NOT_MODIFIED;
  if (isPlain || !serializer) return value;
  const plain = serializer.toCache(value as never);
  if (!(plain instanceof Promise)) return plain;
  plain.catch(() => undefined); // refused as what it is; how it ends is nobody's concern
  throw new CacheError('VALUE_INVALID', 'serializer.toCache must not be asynchronous.');
}

/** What is stored can't be made into the application's own object any more: an entry of another time. */
export class UndeserializableValue extends CacheError {
  override readonly name: string = 'UndeserializableValue';

  constructor(cause: unknown) {
    super('VALUE_INVALID', 'serializer.fromCache threw an error, also for a value just loaded.', {
      cause,
    });
  }
}

/** The application's own object of what was stored. @throws UndeserializableValue */
export function deserialized<T>(stored: unknown, serializer: ValueSerializer | null): T {
  if (!serializer || stored === null || stored === undefined) return stored as T;
  try {
    return serializer.fromCache(stored as never) as T;
  } catch (error) {
    throw new UndeserializableValue(error);
  }
}
