import { Injectable } from '@nestjs/common';
import { HealthcareCacheService, NO_CLINIC } from '@vitalcache/healthcare-phi';
import { Cache } from '@vitalcache/nest-integration';

import { InvalidationService } from '../caching/invalidation.service.js';
import { LIFETIMES } from '../caching/lifetimes.js';
import type { Page } from '../database/page.js';
import { PatientsRepository, type Patient, type PatientRecords } from './patients.repository.js';
import type { PatientPatch, PatientsQuery, RecordsQuery } from './patients.schema.js';

/** Patients through the cache: reads that are cached, writes that invalidate. */
@Injectable()
export class PatientsService {
  constructor(
    private readonly patients: PatientsRepository,
    private readonly cache: HealthcareCacheService,
    private readonly invalidation: InvalidationService,
  ) {}

  /** A list of all clinics names none, and so is kept for whoever asked alone. */
  @Cache({
    keyTemplate: 'clinic:{query.clinicId}:patients:{query.cursor}:{query.limit}',
    tags: ['patients'],
    containsPHI: true,
    ...LIFETIMES.list,
  })
  list(query: PatientsQuery): Promise<Page<Patient>> {
    return this.patients.list(query);
  }

  @Cache({
    keyTemplate: 'patient:{patientId}:profile',
    containsPHI: true,
    patientSpecific: true,
    ...LIFETIMES.patient,
  })
  find(patientId: string): Promise<Patient | null> {
    return this.patients.findById(patientId);
  }

  records(patientId: string, wanted: RecordsQuery): Promise<PatientRecords | null> {
    const { clinicId = NO_CLINIC, ...parts } = wanted;
    const load = () => this.patients.records(patientId, wanted);
    return this.cache.cachePatientRecords(patientId, clinicId, load, { ...parts, compress: true });
  }

  async update(patientId: string, patch: PatientPatch): Promise<Patient | null> {
    const patient = await this.patients.update(patientId, patch);
    if (patient) {
      await Promise.all([
        this.invalidation.patientChanged(patientId),
        this.invalidation.listsChanged(),
      ]);
    }
    return patient;
  }
}
