import type { DataSubject } from './cache-options.js';
import { kind, refuse, textUpTo } from './option-checks.js';

/** The compiler sees to it that the names are complete. */
const NAMES: Readonly<Record<keyof DataSubject, true>> = {
  patientId: true,
  doctorId: true,
  clinicId: true,
  appointmentId: true,
};
const MAX_ID_LENGTH = 256;

/** `null`: not written. @throws CacheError `OPTION_INVALID`; an id is never repeated in the message. */
export function subjectOf(subject: unknown): DataSubject | null {
  if (subject === undefined) return null;
  if (typeof subject !== 'object' || subject === null || Array.isArray(subject)) {
    refuse(`subject is ${kind(subject)}; accepted: an object of ${Object.keys(NAMES).join(', ')}.`);
  }
  const named = Object.entries(subject).filter(([, id]) => id !== undefined);
  for (const [name, id] of named) {
    if (!Object.hasOwn(NAMES, name)) {
      refuse(`subject has no ${name.slice(0, 40)}; accepted: ${Object.keys(NAMES).join(', ')}.`);
    }
    textUpTo(`subject.${name}`, id, MAX_ID_LENGTH);
  }
  if (named.length === 0)
    refuse(`subject names nobody; accepted: ${Object.keys(NAMES).join(', ')}.`);
  return Object.freeze(Object.fromEntries(named));
}
