import { membersOf } from './value-shape.js';

/** What {@link deepFreeze} found. */
export interface Frozen {
  /** False where freezing does not protect everything: insides of Date, Map, Set, Error and binary data stay writable. */
  readonly isProtected: boolean;
  /** Number of objects. */
  readonly objects: number;
}

/**
 * Freezes a decoded value all through and drops own `__proto__` members, which nobody means and which a later merge
 * could turn into a prototype.
 */
export function deepFreeze(value: unknown): Frozen {
  const seen = new Set<object>();
  return { isProtected: freeze(value, seen), objects: seen.size };
}

function freeze(value: unknown, seen: Set<object>): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return true;
  seen.add(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return false;
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  let isProtected = ![Date, Map, Set, Error].some((open) => value instanceof open);
  for (const member of membersOf(value)) {
    if (!freeze(member, seen)) isProtected = false;
  }
  Object.freeze(value);
  return isProtected;
}
