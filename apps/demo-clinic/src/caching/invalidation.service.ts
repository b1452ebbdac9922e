import { Injectable, Logger } from '@nestjs/common';
import { HealthcareCacheService } from '@vitalcache/healthcare-phi';
import type { InvalidationResult } from '@vitalcache/nest-integration';

import type { Appointment } from '../appointments/appointments.repository.js';

/** The healthcare invalidations reject when they wait for the store; a clinic goes on, and says so. */
const GOING_ON = { whenQueued: 'resolve' } as const;

/** Tells the cache what a write made old; called after the write is committed and before it is answered. */
@Injectable()
export class InvalidationService {
  private readonly logger = new Logger(InvalidationService.name);

  constructor(private readonly cache: HealthcareCacheService) {}

  /** Everything about a patient. */
  patientChanged(patientId: string): Promise<void> {
    return this.told(this.cache.invalidatePatientCache(patientId, undefined, GOING_ON));
  }

  /** Prescriptions, and records that include them. */
  prescriptionsChanged(patientId: string): Promise<void> {
    return this.told(this.cache.invalidatePrescriptionCache(patientId, undefined, GOING_ON));
  }

  labResultsChanged(patientId: string): Promise<void> {
    return this.told(this.cache.invalidateLabResultsCache(patientId, undefined, GOING_ON));
  }

  /** The appointments, and the lists and schedules of whom they concern; no records. */
  appointmentsChanged(...appointments: readonly Appointment[]): Promise<void> {
    return this.told(
      ...appointments.map(({ id, patientId, doctorId, clinicId }) =>
        this.cache.invalidateAppointmentCache(id, patientId, doctorId, clinicId, GOING_ON),
      ),
    );
  }

  doctorChanged(doctorId: string): Promise<void> {
    return this.told(this.cache.invalidateDoctorCache(doctorId, undefined, GOING_ON));
  }

  clinicChanged(clinicId: string): Promise<void> {
    return this.told(this.cache.invalidateClinicCache(clinicId, GOING_ON));
  }

  /** Lists that show several at once, of patients unless something else is said. */
  listsChanged(list: 'patients' | 'doctors' | 'clinics' = 'patients'): Promise<void> {
    return this.told(this.cache.invalidateCacheByTag(list));
  }

  /**
   * Resolves also when the store is out of reach: this process then honours it at once and the others as soon as the
   * store is back, which the log says.
   */
  private async told(...invalidations: readonly Promise<InvalidationResult>[]): Promise<void> {
    const results = await Promise.all(invalidations);
    if (results.some(({ recorded }) => !recorded)) {
      this.logger.warn(
        'An invalidation waits for the store; other processes may serve old data until it is back.',
      );
    }
  }
}
