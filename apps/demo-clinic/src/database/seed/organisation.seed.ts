import { faker } from '@faker-js/faker/locale/de';
import { demoDay, SEEDED_AT } from './demo-today.js';
import { clinicId, fictitiousEmail, fictitiousName, fictitiousPhone, seedId } from './identity.js';
import type { SeedRows } from './seed-rows.js';
import { CLINICS, SPECIALTIES } from './people.vocabulary.js';

const DOCTORS = 40;
const SCHEDULE_REACH_DAYS = 30;
const DOCTOR_SEED = 7_000_000;

/** Times of day at which every doctor sees people: half hours from 08:00 to 12:00 and from 13:00 to 17:00. */
export const SLOT_TIMES: readonly string[] = [8, 9, 10, 11, 13, 14, 15, 16]
  .map((hour) => String(hour).padStart(2, '0'))
  .flatMap((hour) => [`${hour}:00`, `${hour}:30`]);

/** The working days for which there are schedules. */
export const SCHEDULE_DAYS: readonly string[] = Array.from(
  { length: 2 * SCHEDULE_REACH_DAYS + 1 },
  (_, index) => demoDay(index - SCHEDULE_REACH_DAYS),
).filter((day) => ![0, 6].includes(new Date(day).getUTCDay()));

/** The ids of the doctors of a clinic; they are dealt out in turn. */
export function doctorIdsOf(clinicIndex: number): string[] {
  return Array.from({ length: DOCTORS }, (_, index) => index)
    .filter((index) => index % CLINICS.length === clinicIndex)
    .map((index) => seedId('doctor', index, 3));
}

/** Clinics, doctors and schedules: the same whatever the number of patients. */
export function organisationRows(): SeedRows {
  const doctors = Array.from({ length: DOCTORS }, (_, index) => doctorRow(index));
  return {
    clinics: CLINICS.map(({ name, street, city, phonePrefix }, index) => ({
      id: clinicId(index),
      name,
      street,
      city,
      phone: `${phonePrefix} 00${index}`,
      openingHours: 'Mon-Fri 08:00-17:00',
      updatedAt: SEEDED_AT,
    })),
    doctors,
    doctorSchedules: doctors.flatMap(({ id }) =>
      SCHEDULE_DAYS.map((date) => ({ doctorId: id, date, slots: JSON.stringify(SLOT_TIMES) })),
    ),
  };
}

function doctorRow(index: number) {
  faker.seed(DOCTOR_SEED + index);
  const clinicIndex = index % CLINICS.length;
  const { givenName, familyName } = fictitiousName(faker);
  const specialty = SPECIALTIES[index % SPECIALTIES.length] ?? 'General medicine';
  return {
    id: seedId('doctor', index, 3),
    clinicId: clinicId(clinicIndex),
    givenName,
    familyName,
    specialty,
    phone: fictitiousPhone(faker, clinicIndex),
    email: fictitiousEmail(givenName, `doctor${index + 1}`),
    profile: `${specialty}, in practice for ${faker.number.int({ min: 3, max: 30 })} years.`,
    updatedAt: SEEDED_AT,
  };
}
