import type { Database } from '../database/open-database.js';
import { WriteError } from '../database/write-error.js';

/**
 * Makes sure that the doctor's schedule has a slot at that instant (ISO 8601 in UTC), free or not,
 * and tells the doctor's clinic.
 *
 * @throws WriteError `REFERENCE_UNKNOWN` without such a doctor, `SLOT_UNKNOWN` without such a slot.
 */
export async function requireSlot(
  db: Database,
  doctorId: string,
  startsAt: string,
): Promise<{ clinicId: string }> {
  const [date = '', time = ''] = startsAt.split('T');
  const row = await db
    .selectFrom('doctors')
    .leftJoin('doctorSchedules', (join) =>
      join
        .onRef('doctorSchedules.doctorId', '=', 'doctors.id')
        .on('doctorSchedules.date', '=', date),
    )
    .select(['doctors.clinicId', 'doctorSchedules.slots'])
    .where('doctors.id', '=', doctorId)
    .executeTakeFirst();
  if (row === undefined) throw new WriteError('REFERENCE_UNKNOWN', 'doctorId', 'is not known');
  const hasSlot = row.slots?.some((slot) => `${slot}:00.000Z` === time) ?? false;
  if (!hasSlot)
    throw new WriteError('SLOT_UNKNOWN', 'startsAt', "is not a slot of the doctor's schedule");
  return { clinicId: row.clinicId };
}
