import { Injectable } from '@nestjs/common';
import { HealthcareCacheService, NO_CLINIC } from '@vitalcache/healthcare-phi';
import { Cache } from '@vitalcache/nest-integration';

import { InvalidationService } from '../caching/invalidation.service.js';
import { LIFETIMES } from '../caching/lifetimes.js';
import type { Page } from '../database/page.js';
import type { DoctorSchedule } from './doctor-schedule.js';
import { DoctorsRepository, type Doctor } from './doctors.repository.js';
import type { DoctorPatch, DoctorsQuery } from './doctors.schema.js';

/** Doctors and their schedules through the cache. */
@Injectable()
export class DoctorsService {
  constructor(
    private readonly doctors: DoctorsRepository,
    private readonly cache: HealthcareCacheService,
    private readonly invalidation: InvalidationService,
  ) {}

  @Cache({
    keyTemplate: 'doctors:list:{query.clinicId}:{query.cursor}:{query.limit}',
    tags: ['doctors'],
    ...LIFETIMES.semiStatic,
  })
  list(query: DoctorsQuery): Promise<Page<Doctor>> {
    return this.doctors.list(query);
  }

  find(doctorId: string): Promise<Doctor | null> {
    const load = () => this.doctors.findById(doctorId);
    return this.cache.cacheDoctorProfile(doctorId, NO_CLINIC, load);
  }

  /** Strongly consistent, as schedules are: a slot that somebody booked through another process must not look free. */
  schedule(doctorId: string, date: string): Promise<DoctorSchedule | null> {
    const load = () => this.doctors.schedule(doctorId, date);
    return this.cache.cacheDoctorSchedule(doctorId, NO_CLINIC, date, load);
  }

  async update(doctorId: string, patch: DoctorPatch): Promise<Doctor | null> {
    const doctor = await this.doctors.update(doctorId, patch);
    if (doctor) {
      await Promise.all([
        this.invalidation.doctorChanged(doctorId),
        this.invalidation.clinicChanged(doctor.clinicId),
        this.invalidation.listsChanged('doctors'),
      ]);
    }
    return doctor;
  }
}
