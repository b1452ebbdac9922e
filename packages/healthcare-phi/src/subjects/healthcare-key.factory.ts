import { CacheError, CacheKeyFactory } from '@vitalcache/core';

/** Key templates of the healthcare methods; the first word tells the kind of data. */
export const HEALTHCARE_TEMPLATES = {
  patientRecords: 'patient:{patientId}:clinic:{clinicId}:records',
  medicalHistory: 'medical:{patientId}:clinic:{clinicId}:history',
  prescriptions: 'prescriptions:{patientId}:clinic:{clinicId}',
  labResults: 'labs:{patientId}:clinic:{clinicId}',
  appointment: 'appointment:{appointmentId}:clinic:{clinicId}:details',
  doctorProfile: 'doctor:{doctorId}:clinic:{clinicId}:profile',
  doctorSchedule: 'doctor:{doctorId}:clinic:{clinicId}:schedule:{date}',
  clinicData: 'clinic:{clinicId}:{what}',
  emergency: 'emergency:{patientId}:{what}',
} as const;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The conventions for keys, with those of the healthcare methods. */
export class HealthcareKeyFactory extends CacheKeyFactory {
  /** `labs:{patientId}:clinic:{clinicId}` */
  labResults(patientId: string, clinicId: string): string {
    return this.#of('labResults', { patientId, clinicId });
  }

  /** `appointment:{appointmentId}:clinic:{clinicId}:details` */
  appointmentAt(appointmentId: string, clinicId: string): string {
    return this.#of('appointment', { appointmentId, clinicId });
  }

  /** `doctor:{doctorId}:clinic:{clinicId}:profile` */
  doctorProfile(doctorId: string, clinicId: string): string {
    return this.#of('doctorProfile', { doctorId, clinicId });
  }

  /** `doctor:{doctorId}:clinic:{clinicId}:schedule:{date}`, the date as `YYYY-MM-DD`. */
  doctorScheduleAt(doctorId: string, clinicId: string, date: string): string {
    if (typeof date !== 'string' || !DAY.test(date)) {
      throw new CacheError('KEY_INVALID', 'date must be a day such as 2026-01-31.');
    }
    return this.#of('doctorSchedule', { doctorId, clinicId, date });
  }

  /** `emergency:{patientId}:{what}` */
  emergency(patientId: string, what = 'summary'): string {
    return this.#of('emergency', { patientId, what });
  }

  #of(kind: keyof typeof HEALTHCARE_TEMPLATES, ids: Readonly<Record<string, string>>): string {
    assertIds(ids);
    return this.key(HEALTHCARE_TEMPLATES[kind], ids);
  }
}

/** Ids are texts: a number would be another id than the text that a request brings. @throws CacheError `KEY_INVALID` */
export function assertIds(ids: Readonly<Record<string, string | undefined>>): void {
  for (const [name, id] of Object.entries(ids)) {
    if (typeof id === 'string' && id !== '') continue;
    const given = id === '' ? "''" : id === null ? 'null' : typeof id;
    throw new CacheError(
      'KEY_INVALID',
      `${name} must be a string that is not empty; got ${given}.`,
    );
  }
}
