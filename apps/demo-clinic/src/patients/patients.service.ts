import { Injectable } from '@nestjs/common';
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
    private readonly invalidation: InvalidationService,
  ) {}

  @Cache({
    keyTemplate: 'patients:list:{query.clinicId}:{query.cursor}:{query.limit}',
    tags: ['patients'],
    ...LIFETIMES.list,
  })
  list(query: PatientsQuery): Promise<Page<Patient>> {
    return this.patients.list(query);
  }

  @Cache({
    keyTemplate: 'patient:{patientId}:profile',
    tags: ['patient:{patientId}'],
    ...LIFETIMES.patient,
  })
  find(patientId: string): Promise<Patient | null> {
    return this.patients.findById(patientId);
  }

  @Cache({
    keyTemplate:
      'patient:{patientId}:records:{wanted.clinicId}:{wanted.includeHistory}:{wanted.includePrescriptions}:{wanted.includeVitals}',
    tags: ['patient:{patientId}'],
    compress: true,
    ...LIFETIMES.patientRecords,
  })
  records(patientId: string, wanted: RecordsQuery): Promise<PatientRecords | null> {
    return this.patients.records(patientId, wanted);
  }

  async update(patientId: string, patch: PatientPatch): Promise<Patient | null> {
    const patient = await this.patients.update(patientId, patch);
    if (patient) await this.invalidation.changed(`patient:${patientId}`, 'patients');
    return patient;
  }

  async delete(patientId: string): Promise<boolean> {
    const isDeleted = await this.patients.delete(patientId);
    if (isDeleted)
      await this.invalidation.changed(`patient:${patientId}`, 'patients', 'appointments');
    return isDeleted;
  }
}
