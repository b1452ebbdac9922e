/** What may become of an appointment; a cancelled one no longer takes its slot. */
export const APPOINTMENT_STATUSES = ['booked', 'completed', 'missed', 'cancelled'] as const;

/** One of {@link APPOINTMENT_STATUSES}. */
export type AppointmentStatus = (typeof APPOINTMENT_STATUSES)[number];
