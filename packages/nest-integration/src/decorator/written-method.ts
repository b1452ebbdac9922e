/** A method as it was written. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

const WRITTEN = Symbol.for('@vitalcache/nest-integration/written-method');

/** The method as it stands in the source, below what decorators of this package wrapped around it. */
export function writtenMethod(method: Method): Method {
  return (Reflect.getOwnMetadata(WRITTEN, method) as Method | undefined) ?? method;
}

/** Whether a decorator of this package wrapped the function, and none above it. */
export function isStandIn(method: unknown): method is object {
  return typeof method === 'function' && Reflect.hasOwnMetadata(WRITTEN, method);
}

/** Makes one method look like another to Nest and to whoever reads it: name, length, metadata. */
export function standInFor(original: Method, wrapped: Method): Method {
  Object.defineProperties(wrapped, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });
  for (const key of Reflect.getOwnMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), wrapped);
  }
  Reflect.defineMetadata(WRITTEN, writtenMethod(original), wrapped);
  return wrapped;
}
