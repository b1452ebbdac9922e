import type { Faker } from '@faker-js/faker';
import type { AppointmentStatus } from '../../appointments/appointment-status.js';
import { DEMO_TODAY, demoDay, SEEDED_AT } from './demo-today.js';
import { SCHEDULE_DAYS, SLOT_TIMES } from './organisation.seed.js';
import { LAB_TESTS, MEDICATIONS, VISIT_NOTES, VISIT_REASONS } from './care.vocabulary.js';
import { CLINICS } from './people.vocabulary.js';

/** Of whom rows are made. */
export interface SeedSubject {
  readonly id: string;
  readonly index: number;
  readonly clinicId: string;
  readonly clinicIndex: number;
  /** The doctors of the clinic, by id. */
  readonly doctors: readonly string[];
}

const VISITS = 3;
const APPOINTMENTS = 2;
const PRESCRIPTIONS = 2;
const LAB_RESULTS = 3;
const TWO_YEARS = 730;
// Prime and larger than any number of slots: stepping by it visits every slot once before any comes again.
const SLOT_STRIDE = 7_919;

/** Three visits in the last two years, the oldest first. */
export function visitRows(faker: Faker, subject: SeedSubject) {
  return rowIds('record', subject, VISITS).map((id, index) => ({
    id,
    patientId: subject.id,
    clinicId: subject.clinicId,
    doctorId: faker.helpers.arrayElement(subject.doctors),
    visitedAt: `${spreadDay(faker, index, VISITS)}T${faker.helpers.arrayElement(SLOT_TIMES)}:00.000Z`,
    reason: faker.helpers.arrayElement(VISIT_REASONS),
    vitals: JSON.stringify({
      heartRatePerMinute: faker.number.int({ min: 54, max: 98 }),
      systolicMmHg: faker.number.int({ min: 104, max: 158 }),
      diastolicMmHg: faker.number.int({ min: 62, max: 96 }),
      temperatureCelsius: faker.number.float({ min: 36.1, max: 38.2, fractionDigits: 1 }),
      weightKg: faker.number.float({ min: 48, max: 104, fractionDigits: 1 }),
    }),
    notes: faker.helpers.arrayElement(VISIT_NOTES),
  }));
}

/** Two appointments in slots that nobody else has; those before the demo's day are settled. */
export function appointmentRows(faker: Faker, subject: SeedSubject) {
  const before = Math.floor(subject.index / CLINICS.length) * APPOINTMENTS;
  return rowIds('appointment', subject, APPOINTMENTS).map((id, index) => {
    const { doctorId, day, time } = slotOf(before + index, subject.doctors);
    return {
      id,
      patientId: subject.id,
      doctorId,
      clinicId: subject.clinicId,
      startsAt: `${day}T${time}:00.000Z`,
      status: faker.helpers.weightedArrayElement(day < DEMO_TODAY ? PAST : COMING),
      reason: faker.helpers.arrayElement(VISIT_REASONS),
      updatedAt: SEEDED_AT,
    };
  });
}

/** Two prescriptions, the second without an end. */
export function prescriptionRows(faker: Faker, subject: SeedSubject) {
  return rowIds('prescription', subject, PRESCRIPTIONS).map((id, index) => ({
    id,
    patientId: subject.id,
    doctorId: faker.helpers.arrayElement(subject.doctors),
    ...faker.helpers.arrayElement(MEDICATIONS),
    prescribedOn: spreadDay(faker, index, PRESCRIPTIONS),
    endsOn: index === 0 ? demoDay(faker.number.int({ min: 1, max: 90 })) : null,
  }));
}

/** Three laboratory results, some of them outside the normal range. */
export function labResultRows(faker: Faker, subject: SeedSubject) {
  return rowIds('lab-result', subject, LAB_RESULTS).map((id, index) => {
    const test = faker.helpers.arrayElement(LAB_TESTS);
    return {
      id,
      patientId: subject.id,
      ...test,
      value: faker.number.float({
        min: test.referenceLow * 0.8,
        max: test.referenceHigh * 1.2,
        fractionDigits: 1,
      }),
      takenAt: `${spreadDay(faker, index, LAB_RESULTS)}T07:30:00.000Z`,
    };
  });
}

const PAST: { value: AppointmentStatus; weight: number }[] = [
  { value: 'completed', weight: 17 },
  { value: 'missed', weight: 2 },
  { value: 'cancelled', weight: 1 },
];
const COMING: { value: AppointmentStatus; weight: number }[] = [
  { value: 'booked', weight: 19 },
  { value: 'cancelled', weight: 1 },
];

function rowIds(kind: string, { index }: SeedSubject, count: number): string[] {
  const number = String(index + 1).padStart(6, '0');
  return Array.from({ length: count }, (_, part) => `${kind}-${number}-${part + 1}`);
}

// One day in each of `count` equal parts of the last two years, so that a higher id is later.
function spreadDay(faker: Faker, part: number, count: number): string {
  const length = Math.floor(TWO_YEARS / count);
  return demoDay(-TWO_YEARS + part * length + faker.number.int({ min: 0, max: length - 1 }));
}

function slotOf(ordinal: number, doctors: readonly string[]) {
  const round = Math.floor(ordinal / doctors.length);
  const slot = (round * SLOT_STRIDE) % (SCHEDULE_DAYS.length * SLOT_TIMES.length);
  return {
    doctorId: doctors[ordinal % doctors.length] ?? '',
    day: SCHEDULE_DAYS[Math.floor(slot / SLOT_TIMES.length)] ?? DEMO_TODAY,
    time: SLOT_TIMES[slot % SLOT_TIMES.length] ?? '08:00',
  };
}
