/** One time at which a doctor sees people. */
interface ScheduleSlot {
  /** ISO 8601 in UTC. */
  readonly startsAt: string;
  /** Whether it can still be booked. */
  readonly free: boolean;
}

/** A doctor's day. */
export interface DoctorSchedule {
  readonly doctorId: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Empty on a day off and outside the planned weeks. */
  readonly slots: readonly ScheduleSlot[];
}

/** The instant of a time of day (`HH:MM`); the clinics keep UTC, which spares the demo the clock changes. */
function slotStart(date: string, time: string): string {
  return `${date}T${time}:00.000Z`;
}

/** The schedule of a day out of its times and of those that are taken. */
export function doctorSchedule(
  doctorId: string,
  date: string,
  times: readonly string[],
  takenStarts: readonly string[],
): DoctorSchedule {
  const taken = new Set(takenStarts);
  const slots = times
    .map((time) => slotStart(date, time))
    .map((startsAt) => ({ startsAt, free: !taken.has(startsAt) }));
  return { doctorId, date, slots };
}
