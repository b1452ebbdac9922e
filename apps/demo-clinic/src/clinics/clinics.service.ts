import { Injectable } from '@nestjs/common';
import { Cache } from '@vitalcache/nest-integration';

import { InvalidationService } from '../caching/invalidation.service.js';
import { LIFETIMES } from '../caching/lifetimes.js';
import type { Doctor } from '../doctors/doctors.repository.js';
import { ClinicsRepository, type Clinic } from './clinics.repository.js';
import type { ClinicPatch } from './clinics.schema.js';

/** Clinics through the cache. */
@Injectable()
export class ClinicsService {
  constructor(
    private readonly clinics: ClinicsRepository,
    private readonly invalidation: InvalidationService,
  ) {}

  @Cache({ keyTemplate: 'clinics:list', tags: ['clinics'], ...LIFETIMES.clinic })
  list(): Promise<Clinic[]> {
    return this.clinics.list();
  }

  @Cache({
    keyTemplate: 'clinic:{clinicId}:details',
    tags: ['clinic:{clinicId}'],
    ...LIFETIMES.clinic,
  })
  find(clinicId: string): Promise<Clinic | null> {
    return this.clinics.findById(clinicId);
  }

  @Cache({
    keyTemplate: 'clinic:{clinicId}:doctors',
    tags: ['clinic:{clinicId}'],
    ...LIFETIMES.clinic,
  })
  doctors(clinicId: string): Promise<Doctor[]> {
    return this.clinics.doctors(clinicId);
  }

  async update(clinicId: string, patch: ClinicPatch): Promise<Clinic | null> {
    const clinic = await this.clinics.update(clinicId, patch);
    if (clinic) await this.invalidation.changed(`clinic:${clinicId}`, 'clinics');
    return clinic;
  }
}
