import { membersOf } from './value-shape.js';

/**
 * Freezes a decoded value all through and drops own `__proto__` members, which nobody means and which a later merge
 * could turn into a prototype. Returns whether freezing protects all of it: the insides of Date, Map, Set and binary
 * data stay writable.
 */
export function deepFreeze(value: unknown, seen = new Set<object>()): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return true;
  seen.add(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return false;
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  let isProtected = !(value instanceof Date || value instanceof Map || value instanceof Set);
  for (const member of membersOf(value)) {
    if (!deepFreeze(member, seen)) isProtected = false;
  }
  Object.freeze(value);
  return isProtected;
}
