import type { Faker } from '@faker-js/faker';
import { CLINICS, FICTITIOUS_SUFFIXES } from './people.vocabulary.js';

/** `patient-000123` from 122: ids are numbered from 1 and padded, so that their order is the order of making. */
export function seedId(kind: string, index: number, digits: number): string {
  return `${kind}-${String(index + 1).padStart(digits, '0')}`;
}

/** The id of the clinic with that index. */
export function clinicId(clinicIndex: number): string {
  return seedId('clinic', clinicIndex, 2);
}

/** A name that can't be a real person's. */
export function fictitiousName(faker: Faker): { givenName: string; familyName: string } {
  const suffix = faker.helpers.arrayElement(FICTITIOUS_SUFFIXES);
  return {
    givenName: faker.person.firstName(),
    familyName: `${faker.person.lastName()}-${suffix}`,
  };
}

/** A number in the clinic's city that is set aside for films. */
export function fictitiousPhone(faker: Faker, clinicIndex: number): string {
  const prefix = CLINICS[clinicIndex]?.phonePrefix ?? '+49 30 23125';
  return `${prefix} ${faker.string.numeric(3)}`;
}

/** An address in the domain that is set aside for examples (RFC 2606); `unique` keeps two of one name apart. */
export function fictitiousEmail(givenName: string, unique: string): string {
  const local = givenName
    .normalize('NFKD')
    .replace(/[^A-Za-z]+/g, '')
    .toLowerCase();
  return `${local}.${unique}@example.org`;
}
