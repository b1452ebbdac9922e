import { Injectable } from '@nestjs/common';
import { Cache } from '@vitalcache/nest-integration';

import { InvalidationService } from '../caching/invalidation.service.js';
import { LIFETIMES } from '../caching/lifetimes.js';
import { AppointmentsRepository, type Appointment } from './appointments.repository.js';
import type { AppointmentPatch, NewAppointment } from './appointments.schema.js';

/** Appointments through the cache. A booking makes the schedules of its doctor and clinic old, not the patient's records. */
@Injectable()
export class AppointmentsService {
  constructor(
    private readonly appointments: AppointmentsRepository,
    private readonly invalidation: InvalidationService,
  ) {}

  @Cache({
    keyTemplate: 'appointment:{appointmentId}:details',
    tags: ['appointments', 'appointment:{appointmentId}'],
    ...LIFETIMES.appointments,
  })
  find(appointmentId: string): Promise<Appointment | null> {
    return this.appointments.findById(appointmentId);
  }

  @Cache({
    keyTemplate: 'patient:{patientId}:appointments',
    tags: ['appointments', 'patient-appointments:{patientId}'],
    ...LIFETIMES.appointments,
  })
  byPatient(patientId: string): Promise<Appointment[]> {
    return this.appointments.byPatient(patientId);
  }

  @Cache({
    keyTemplate: 'clinic:{clinicId}:appointments:{date}',
    tags: ['appointments', 'clinic-appointments:{clinicId}'],
    ...LIFETIMES.appointments,
  })
  byClinicAndDate(clinicId: string, date: string): Promise<Appointment[]> {
    return this.appointments.byClinicAndDate(clinicId, date);
  }

  async create(appointment: NewAppointment): Promise<Appointment> {
    const created = await this.appointments.create(appointment);
    await this.changed(created);
    return created;
  }

  async update(appointmentId: string, patch: AppointmentPatch): Promise<Appointment | null> {
    const updated = patch.status
      ? await this.appointments.setStatus(appointmentId, patch.status)
      : await this.appointments.reschedule(appointmentId, patch.startsAt as string);
    if (updated) await this.changed(updated);
    return updated;
  }

  private changed({ id, patientId, doctorId, clinicId }: Appointment): Promise<void> {
    return this.invalidation.changed(
      `appointment:${id}`,
      `patient-appointments:${patientId}`,
      `clinic-appointments:${clinicId}`,
      `doctor-schedule:${doctorId}`,
    );
  }
}
