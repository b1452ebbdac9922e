import { CacheError, type ResolvedCacheOptions } from '@vitalcache/core';

import type { EntrySubject } from '../subjects/key-convention.js';
import { READ_SUBJECTS, type ISubjects } from '../subjects/known-subjects.js';
import { SYSTEM_ACTOR, type AccessContext } from './access-context.js';

/** Whom an entry is about, and where that was learnt from. */
export interface Whom {
  readonly subject: EntrySubject;
  /** Whether the key or the options name anybody: then it is theirs, for all who may see it. */
  readonly isNamed: boolean;
  /** Whether the doctor is whoever asks. */
  readonly isOwnDoctor: boolean;
}

/**
 * Whom an entry is about, by its key and options, and for `doctorSpecific` and `clinicSpecific` by who asks.
 * @throws CacheError `OPTION_INVALID` where an option needs somebody and nobody is named
 */
export function whomOf(
  key: string,
  options: ResolvedCacheOptions,
  { actor, clinicId: ownClinic }: AccessContext,
  subjects: ISubjects = READ_SUBJECTS,
): Whom {
  const named = subjects.of(key, options);
  const { patientId, appointmentId } = named;
  const isOwnDoctor =
    options.doctorSpecific && named.doctorId === undefined && actor !== SYSTEM_ACTOR;
  const doctorId = isOwnDoctor ? actor : named.doctorId;
  const clinicId = named.clinicId ?? (options.clinicSpecific ? ownClinic : undefined);
  if (options.patientSpecific && patientId === undefined) nobody('patientSpecific', 'patient');
  if (options.doctorSpecific && doctorId === undefined) nobody('doctorSpecific', 'doctor');
  if (options.clinicSpecific && clinicId === undefined) nobody('clinicSpecific', 'clinic');
  const isAsNamed = doctorId === named.doctorId && clinicId === named.clinicId;
  const found = () => ({
    ...(doctorId !== undefined && { doctorId }),
    ...(clinicId !== undefined && { clinicId }),
  });
  return {
    subject: isAsNamed ? named : { ...named, ...found() },
    isNamed: (patientId ?? named.doctorId ?? named.clinicId ?? appointmentId) !== undefined,
    isOwnDoctor,
  };
}

/** Whether whom an entry is about may be told by who asks; else key and options alone say it. */
export function dependsOnWhoAsks({
  doctorSpecific,
  clinicSpecific,
}: ResolvedCacheOptions): boolean {
  return doctorSpecific || clinicSpecific;
}

function nobody(option: string, role: 'patient' | 'doctor' | 'clinic'): never {
  const context = role === 'patient' ? '' : ', or an access context that has one';
  throw new CacheError(
    'OPTION_INVALID',
    `${option} needs a ${role}, and none is named; accepted: {${role}Id} in the key template, subject: { ${role}Id }, a key such as ${role}:{id}:…${context}.`,
  );
}
