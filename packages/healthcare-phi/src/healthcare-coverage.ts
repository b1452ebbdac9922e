import { coveringRole, coveringTopic, coveringTopicAt } from './subjects/subject-tags.js';

/** What an appointment's invalidation is told; the more, the less is made invalid needlessly. */
export interface AppointmentParties {
  readonly patientId?: string | undefined;
  readonly doctorId?: string | undefined;
  readonly clinicId?: string | undefined;
}

/**
 * The tags to make invalid for an appointment: it itself, and the lists and schedules of its patient, its doctor and its
 * clinic. Where patient or doctor is not told, their lists and schedules at the clinic are those of everybody there.
 */
export function coveringAppointment(
  appointmentId: string,
  { patientId, doctorId, clinicId }: AppointmentParties,
): readonly string[] {
  const isOfAll = patientId === undefined || doctorId === undefined;
  return [
    ...coveringRole('appointment', appointmentId),
    ...(patientId === undefined ? [] : coveringTopic('bookings', 'patient', patientId)),
    ...(doctorId === undefined ? [] : coveringTopic('bookings', 'doctor', doctorId)),
    ...(clinicId === undefined ? [] : [coveringTopicAt('bookings', clinicId, isOfAll)]),
  ];
}
