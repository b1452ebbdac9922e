import { Injectable } from '@nestjs/common';
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
    private readonly invalidation: InvalidationService,
  ) {}

  @Cache({
    keyTemplate: 'doctors:list:{query.clinicId}:{query.cursor}:{query.limit}',
    tags: ['doctors'],
    ...LIFETIMES.list,
  })
  list(query: DoctorsQuery): Promise<Page<Doctor>> {
    return this.doctors.list(query);
  }

  @Cache({
    keyTemplate: 'doctor:{doctorId}:profile',
    tags: ['doctor:{doctorId}'],
    ...LIFETIMES.doctor,
  })
  find(doctorId: string): Promise<Doctor | null> {
    return this.doctors.findById(doctorId);
  }

  /** Strongly consistent: a slot that somebody booked through another process must not look free. */
  @Cache({
    keyTemplate: 'doctor:{doctorId}:schedule:{date}',
    tags: ['doctor:{doctorId}', 'doctor-schedule:{doctorId}', 'appointments'],
    consistency: 'strong',
    ...LIFETIMES.appointments,
  })
  schedule(doctorId: string, date: string): Promise<DoctorSchedule | null> {
    return this.doctors.schedule(doctorId, date);
  }

  async update(doctorId: string, patch: DoctorPatch): Promise<Doctor | null> {
    const doctor = await this.doctors.update(doctorId, patch);
    if (doctor) {
      await this.invalidation.changed(`doctor:${doctorId}`, 'doctors', `clinic:${doctor.clinicId}`);
    }
    return doctor;
  }
}
