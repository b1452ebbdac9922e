import { VARIANT_SEPARATOR, type DataSubject } from '@vitalcache/core';

import { plainId } from './plain-id.js';

/** Parts of a patient's data that have an invalidation of their own. */
export type Topic = 'bookings' | 'prescriptions' | 'labResults';

/** Whom an entry is about, and with what it deals. */
export interface EntrySubject extends DataSubject {
  readonly topics: readonly Topic[];
}

type Role = keyof DataSubject;

/** First segments of keys by convention, and whose id follows. */
const HEADS: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['patient', 'patientId'],
  ['medical', 'patientId'],
  ['prescriptions', 'patientId'],
  ['labs', 'patientId'],
  ['emergency', 'patientId'],
  ['doctor', 'doctorId'],
  ['clinic', 'clinicId'],
  ['appointment', 'appointmentId'],
]);
/** Words between ids. */
const LINKS: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['patient', 'patientId'],
  ['doctor', 'doctorId'],
  ['clinic', 'clinicId'],
]);
/** Words in keys, or tags, that tell with what an entry deals. */
const TOPICS: ReadonlyMap<string, Topic> = new Map<string, Topic>([
  ['appointments', 'bookings'],
  ['schedule', 'bookings'],
  ['schedules', 'bookings'],
  ['slots', 'bookings'],
  ['free-slots', 'bookings'],
  ['prescriptions', 'prescriptions'],
  ['labs', 'labResults'],
  ['lab-results', 'labResults'],
  ['lab_results', 'labResults'],
]);

/**
 * What a key says by convention, such as `patient:7:clinic:3:records` or `doctor:5:schedule:2026-01-31`: pairs of a word
 * and an id from its beginning on, then what it holds.
 */
export function subjectByConvention(key: string): EntrySubject {
  const [base = '', variant = ''] = key.split(VARIANT_SEPARATOR, 2);
  const segments = base.split(':');
  const ids: Partial<Record<Role, string>> = {};
  const head = segments[0] ?? '';
  let at = 0;
  for (; at + 1 < segments.length; at += 2) {
    const role = (at === 0 ? HEADS : LINKS).get(segments[at] as string);
    const id = role && plainId(segments[at + 1] as string);
    if (role === undefined || id === undefined || id === null || ids[role] !== undefined) break;
    ids[role] = id;
  }
  if (at === 0) return { topics: [] };
  return { ...ids, topics: topicsOf([head, ...segments.slice(at, at + 1), ...partsOf(variant)]) };
}

/** Names of the parts that a variant stands for: `history+prescriptions`. */
function partsOf(variant: string): readonly string[] {
  return variant.split('+');
}

/** The topics that words name. */
export function topicsOf(words: readonly string[]): readonly Topic[] {
  return [...new Set(words.flatMap((word) => TOPICS.get(word) ?? []))];
}
