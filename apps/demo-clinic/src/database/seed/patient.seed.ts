import { faker } from '@faker-js/faker/locale/de';
import { appointmentRows, labResultRows, prescriptionRows, visitRows } from './care.seed.js';
import { demoDay, SEEDED_AT } from './demo-today.js';
import { historyRow } from './history.seed.js';
import { clinicId, fictitiousEmail, fictitiousName, fictitiousPhone, seedId } from './identity.js';
import { doctorIdsOf } from './organisation.seed.js';
import type { SeedRows } from './seed-rows.js';
import { CLINICS, RELATIONSHIPS } from './people.vocabulary.js';

const PATIENT_SEED = 20_000;
const YOUNGEST_DAYS = 200;
const OLDEST_DAYS = 95 * 365;
const DOCTORS_BY_CLINIC = CLINICS.map((_, index) => doctorIdsOf(index));

/**
 * The patients with the indices from `first` to before `end`, with all that belongs to them.
 *
 * Each patient has a random sequence of their own: a patient is the same in a demo of 50 as in one of 3 000.
 */
export function patientRows(
  first: number,
  end: number,
): Required<Omit<SeedRows, 'clinics' | 'doctors' | 'doctorSchedules'>> {
  const indices = Array.from({ length: end - first }, (_, offset) => first + offset);
  const all = indices.map(onePatient);
  return {
    patients: all.map(({ patient }) => patient),
    emergencyContacts: all.flatMap(({ contacts }) => contacts),
    patientRecords: all.flatMap(({ visits }) => visits),
    medicalHistories: all.map(({ history }) => history),
    appointments: all.flatMap(({ appointments }) => appointments),
    prescriptions: all.flatMap(({ prescriptions }) => prescriptions),
    labResults: all.flatMap(({ labResults }) => labResults),
  };
}

function onePatient(index: number) {
  faker.seed(PATIENT_SEED + index);
  const clinicIndex = index % CLINICS.length;
  const doctors = DOCTORS_BY_CLINIC[clinicIndex] ?? [];
  const number = String(index + 1).padStart(6, '0');
  const { givenName, familyName } = fictitiousName(faker);
  const patient = {
    id: seedId('patient', index, 6),
    clinicId: clinicId(clinicIndex),
    recordNumber: `TEST-${number}`,
    givenName,
    familyName,
    birthDate: demoDay(-faker.number.int({ min: YOUNGEST_DAYS, max: OLDEST_DAYS })),
    phone: fictitiousPhone(faker, clinicIndex),
    email: fictitiousEmail(givenName, number),
    updatedAt: SEEDED_AT,
  };
  const subject = { id: patient.id, index, clinicId: patient.clinicId, clinicIndex, doctors };
  return {
    patient,
    contacts: contactRows(patient.id, number, clinicIndex),
    visits: visitRows(faker, subject),
    history: historyRow(faker, subject),
    appointments: appointmentRows(faker, subject),
    prescriptions: prescriptionRows(faker, subject),
    labResults: labResultRows(faker, subject),
  };
}

function contactRows(patientId: string, number: string, clinicIndex: number) {
  return Array.from({ length: faker.number.int({ min: 1, max: 2 }) }, (_, index) => {
    const { givenName, familyName } = fictitiousName(faker);
    return {
      id: `contact-${number}-${index + 1}`,
      patientId,
      name: `${givenName} ${familyName}`,
      relationship: faker.helpers.arrayElement(RELATIONSHIPS),
      phone: fictitiousPhone(faker, clinicIndex),
    };
  });
}
