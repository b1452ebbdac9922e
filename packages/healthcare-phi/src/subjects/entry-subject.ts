import type { DataSubject, ResolvedCacheOptions } from '@vitalcache/core';

import { subjectByConvention, type EntrySubject } from './key-convention.js';
import { subjectByPlaceholders } from './placeholder-subject.js';

/** The role that decides whose key an entry is sealed with and where in a store it stands. */
export interface SubjectOwner {
  readonly role: 'patient' | 'doctor' | 'clinic';
  readonly id: string;
}

/** A clinic of this name is none: what is said of it belongs to the person alone. */
export const NO_CLINIC = 'default';

/**
 * Whom an entry is about: for each id the first that says it of the placeholders `{patientId}`, `{doctorId}`, `{clinicId}`
 * and `{appointmentId}` of its template, the option `subject`, and the convention of its key. Names nobody when none does.
 * @param key with its variant, if it has one
 * @throws CacheError `KEY_INVALID` for a placeholder that can't be told from its neighbour
 */
export function subjectOf(
  key: string,
  { template, subject }: Pick<ResolvedCacheOptions, 'template' | 'subject'>,
): EntrySubject {
  const { topics, ...byConvention } = subjectByConvention(key);
  const found: DataSubject = {
    ...byConvention,
    ...subject,
    ...subjectByPlaceholders(key, template),
  };
  const { patientId, doctorId, appointmentId } = found;
  const isOfClinicAlone = [patientId, doctorId, appointmentId].every((id) => id === undefined);
  const ids = Object.entries(found as Record<string, string>).filter(
    ([name, id]) => name !== 'clinicId' || id !== NO_CLINIC || isOfClinicAlone,
  );
  return { ...Object.fromEntries(ids.map(([name, id]) => [name, id.normalize('NFC')])), topics };
}

/** Whose an entry is: the patient's before the doctor's before the clinic's; `null`: nobody's. */
export function ownerOf({ patientId, doctorId, clinicId }: DataSubject): SubjectOwner | null {
  if (patientId !== undefined) return { role: 'patient', id: patientId };
  if (doctorId !== undefined) return { role: 'doctor', id: doctorId };
  return clinicId === undefined ? null : { role: 'clinic', id: clinicId };
}
