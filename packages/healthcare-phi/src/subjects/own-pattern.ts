import { CacheError } from '@vitalcache/core';

const HEADS = [
  'patient',
  'medical',
  'prescriptions',
  'labs',
  'emergency',
  'doctor',
  'clinic',
  'appointment',
];
/** A wildcard that no backslash takes its meaning. */
const WILDCARD = /(?<!\\)(?:\\\\)*[*?[]/;

/**
 * Refuses a pattern with a wildcard inside the id of a person or a place, such as `patient:7*`, which is also 70 to 79.
 * @throws CacheError `PATTERN_INVALID`; ids are never repeated in the message
 */
export function assertOwnPattern(pattern: unknown): void {
  if (typeof pattern !== 'string') return; // refused as what it is
  const segments = pattern.split(':');
  if (!HEADS.includes(segments[0] as string)) return;
  const ids = [segments[1], segments[2] === 'clinic' ? segments[3] : undefined];
  if (!ids.some((id) => id !== undefined && id !== '*' && WILDCARD.test(id))) return;
  throw new CacheError(
    'PATTERN_INVALID',
    `The pattern has a wildcard inside an identifier of ${segments[0] ?? ''}, so that it would match others than are meant; accepted: a whole identifier, or * in its place.`,
  );
}
