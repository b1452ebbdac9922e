import { z } from 'zod';

/** Kinds of things that have an id; the id begins with the kind. */
export type IdKind =
  'clinic' | 'doctor' | 'patient' | 'record' | 'appointment' | 'prescription' | 'lab-result';

/** An opaque id of that kind, such as `patient-000123`. */
export function idOf(kind: IdKind) {
  return z
    .string()
    .regex(new RegExp(`^${kind}-[0-9a-z-]{1,40}$`), `must be an id such as ${kind}-000123`);
}

/** A calendar day that exists, `YYYY-MM-DD`. */
export const day = z.iso.date('must be a date as YYYY-MM-DD');

/** An instant with its time zone, handed on in UTC. */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-03-02T08:30:00Z' })
  .transform((text) => new Date(text).toISOString());

/** A single line of text, trimmed, 1 to `max` characters. */
export function line(max: number) {
  return z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters');
}

/** Text of several lines, 1 to `max` characters. */
export function text(max: number) {
  return (
    z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(max, `must have at most ${max} characters`)
      // PostgreSQL can't store it.
      .refine((value) => !value.includes('\0'), 'must not hold a zero character')
  );
}

/** A phone number as people write it. */
export const phone = z
  .string()
  .trim()
  .regex(/^\+?[0-9][0-9 ()/-]{3,30}$/, 'must be a phone number such as +49 30 23125 000');

/** An address in a domain that is set aside for examples (RFC 2606): real ones have no place in a demo. */
export const email = z
  .email('must be an e-mail address')
  .max(120, 'must have at most 120 characters')
  .regex(
    /[@.](example\.(org|com|net)|[a-z0-9-]+\.(test|example|invalid))$/i,
    'must end in example.org: the demo takes no real addresses',
  );

/** A switch in a query string; absent means false. */
export const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .default('false')
  .transform((word) => word === 'true');

/** How many items a page holds: 1 to 100, 20 when absent. */
export const limit = z.coerce
  .number('must be a whole number from 1 to 100')
  .int('must be a whole number from 1 to 100')
  .min(1, 'must be from 1 to 100')
  .max(100, 'must be from 1 to 100')
  .default(20);

/** Refuses a patch that changes nothing. */
export function notEmpty(patch: object): boolean {
  return Object.keys(patch).length > 0;
}

/** What {@link notEmpty} says. */
export const NOT_EMPTY = 'must name at least one field to change';
