import { z } from 'zod';
import { day, idOf, instant, line } from '../http/fields.js';
import { APPOINTMENT_STATUSES } from './appointment-status.js';

/** Parameters of the routes of one appointment. */
export const appointmentParams = z.strictObject({ appointmentId: idOf('appointment') });

/** A clinic's day. */
export const clinicDayParams = z.strictObject({ clinicId: idOf('clinic'), date: day });

/** An appointment to book; its clinic is the doctor's. */
export const newAppointment = z.strictObject({
  patientId: idOf('patient'),
  doctorId: idOf('doctor'),
  startsAt: instant,
  reason: line(160),
});

/** An appointment to book. */
export type NewAppointment = z.infer<typeof newAppointment>;

/** What may be changed in an appointment: what became of it or when it is, one at a time. */
export const appointmentPatch = z
  .strictObject({
    status: z.enum(APPOINTMENT_STATUSES, `must be one of ${APPOINTMENT_STATUSES.join(', ')}`),
    startsAt: instant,
  })
  .partial()
  .refine((patch) => Object.keys(patch).length === 1, 'must have either status or startsAt');

/** A new status or a new time. */
export type AppointmentPatch = z.infer<typeof appointmentPatch>;
