/** What is used of the `EventEmitter2` of `@nestjs/event-emitter`. */
export interface EventEmitterLike {
  emit(name: string, payload: unknown): boolean;
}

const METHODS = ['emit', 'emitAsync', 'hasListeners', 'onAny'] as const;

/**
 * Whether an object is an `EventEmitter2`, told by its methods: the package is an optional peer, which bundlers could not
 * leave out if it were imported, and an application may have a copy of its own.
 */
export function isEventEmitter(instance: unknown): instance is EventEmitterLike {
  if (typeof instance !== 'object' || instance === null) return false;
  // Never a member of the instance itself: proxies may throw.
  const prototype = Object.getPrototypeOf(instance) as Readonly<Record<string, unknown>> | null;
  return prototype !== null && METHODS.every((name) => typeof prototype[name] === 'function');
}
