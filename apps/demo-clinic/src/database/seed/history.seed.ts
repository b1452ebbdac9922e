import type { Faker } from '@faker-js/faker';
import type { SeedSubject } from './care.seed.js';
import { demoDay, SEEDED_AT } from './demo-today.js';
import { ALLERGIES, CONDITIONS, FINDINGS, IMAGES, PROCEDURES, TESTS } from './care.vocabulary.js';

const TEN_YEARS_DAYS = 3_650;

/** One history a patient; the lists may be empty, as with most people. */
export function historyRow(faker: Faker, subject: SeedSubject) {
  const pastDay = () => demoDay(-faker.number.int({ min: 1, max: TEN_YEARS_DAYS }));
  const some = <T>(values: readonly T[], max: number) =>
    faker.helpers.arrayElements(values, { min: 0, max });
  const examined = (names: readonly string[]) =>
    some(names, 2).map((name) => ({
      name,
      date: pastDay(),
      finding: faker.helpers.arrayElement(FINDINGS),
    }));
  return {
    id: `history-${String(subject.index + 1).padStart(6, '0')}`,
    patientId: subject.id,
    conditions: JSON.stringify(
      some(CONDITIONS, 3).map((name) => ({
        name,
        since: pastDay(),
        active: faker.datatype.boolean(0.7),
      })),
    ),
    allergies: JSON.stringify(
      some(ALLERGIES, 2).map((allergy) => ({
        ...allergy,
        severity: faker.helpers.arrayElement(['mild', 'moderate', 'severe']),
      })),
    ),
    procedures: JSON.stringify(some(PROCEDURES, 2).map((name) => ({ name, date: pastDay() }))),
    tests: JSON.stringify(examined(TESTS)),
    images: JSON.stringify(examined(IMAGES)),
    updatedAt: SEEDED_AT,
  };
}
