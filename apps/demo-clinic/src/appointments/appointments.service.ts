import { Injectable } from '@nestjs/common';
import { HealthcareCacheService, NO_CLINIC } from '@vitalcache/healthcare-phi';
import { Cache } from '@vitalcache/nest-integration';

import { InvalidationService } from '../caching/invalidation.service.js';
import { LIFETIMES } from '../caching/lifetimes.js';
import {
  AppointmentsRepository,
  type Appointment,
  type DayCounts,
} from './appointments.repository.js';
import type { AppointmentPatch, NewAppointment } from './appointments.schema.js';

/** Appointments through the cache. A booking makes the schedules of its doctor and clinic old, not the patient's records. */
@Injectable()
export class AppointmentsService {
  constructor(
    private readonly appointments: AppointmentsRepository,
    private readonly cache: HealthcareCacheService,
    private readonly invalidation: InvalidationService,
  ) {}

  /** Whose it is is only known afterwards: an erasure of the patient names their appointments one by one. */
  find(appointmentId: string): Promise<Appointment | null> {
    const load = () => this.appointments.findById(appointmentId);
    return this.cache.cacheAppointment(appointmentId, NO_CLINIC, load);
  }

  @Cache({
    keyTemplate: 'patient:{patientId}:appointments',
    containsPHI: true,
    patientSpecific: true,
    ...LIFETIMES.appointments,
  })
  byPatient(patientId: string): Promise<Appointment[]> {
    return this.appointments.byPatient(patientId);
  }

  @Cache({
    keyTemplate: 'clinic:{clinicId}:appointments:{date}',
    containsPHI: true,
    clinicSpecific: true,
    ...LIFETIMES.appointments,
  })
  byClinicAndDate(clinicId: string, date: string): Promise<Appointment[]> {
    return this.appointments.byClinicAndDate(clinicId, date);
  }

  /** For the board in the waiting room: what it says of this moment is wrong a minute later, so it is never kept. */
  @Cache({ keyTemplate: 'clinic:{clinicId}:board:{date}', ...LIFETIMES.realTime })
  board(clinicId: string, date: string): Promise<DayCounts> {
    return this.appointments.countByStatus(clinicId, date);
  }

  async create(appointment: NewAppointment): Promise<Appointment> {
    const created = await this.appointments.create(appointment);
    await this.invalidation.appointmentsChanged(created);
    return created;
  }

  async update(appointmentId: string, patch: AppointmentPatch): Promise<Appointment | null> {
    const updated = patch.status
      ? await this.appointments.setStatus(appointmentId, patch.status)
      : await this.appointments.reschedule(appointmentId, patch.startsAt as string);
    if (updated) await this.invalidation.appointmentsChanged(updated);
    return updated;
  }
}
