import { Injectable } from '@nestjs/common';
import { HealthcareCacheService } from '@vitalcache/healthcare-phi';
import { Cache, CacheWarmer } from '@vitalcache/nest-integration';

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
    private readonly cache: HealthcareCacheService,
    private readonly invalidation: InvalidationService,
  ) {}

  @Cache({ keyTemplate: 'clinics:list', tags: ['clinics'], ...LIFETIMES.clinics })
  list(): Promise<Clinic[]> {
    return this.clinics.list();
  }

  /** The list that every page begins with: in the cache before somebody asks. */
  @CacheWarmer({ of: 'list', kinds: ['clinics'] })
  async lists(): Promise<[][]> {
    return [[]];
  }

  find(clinicId: string): Promise<Clinic | null> {
    return this.cache.cacheClinicData(clinicId, 'details', () => this.clinics.findById(clinicId));
  }

  doctors(clinicId: string): Promise<Doctor[]> {
    return this.cache.cacheClinicData(clinicId, 'doctors', () => this.clinics.doctors(clinicId));
  }

  async update(clinicId: string, patch: ClinicPatch): Promise<Clinic | null> {
    const clinic = await this.clinics.update(clinicId, patch);
    if (clinic) {
      await Promise.all([
        this.invalidation.clinicChanged(clinicId),
        this.invalidation.listsChanged('clinics'),
      ]);
    }
    return clinic;
  }
}
