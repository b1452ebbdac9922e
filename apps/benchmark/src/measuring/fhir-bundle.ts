import { noise } from './values.js';

/** A bundle as a FHIR server answers a search with: a patient, and so many observations of the same shape. */
export function fhirBundle(observations: number, seed = 1): object {
  const patient = {
    resourceType: 'Patient',
    id: `p-${seed}`,
    active: true,
    name: [{ use: 'official', family: `Family ${seed}`, given: ['Ada', 'M.'] }],
    telecom: [{ system: 'phone', value: `030 ${seed}`, use: 'home' }],
    gender: 'female',
    birthDate: '1984-02-29',
    address: [{ line: [`Street ${seed}`], city: 'Berlin', postalCode: '10115', country: 'DE' }],
  };
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: observations + 1,
    entry: [
      { resource: patient },
      ...Array.from({ length: observations }, (_, i) => ({ resource: observation(i, seed) })),
    ],
  };
}

function observation(index: number, seed: number): object {
  return {
    resourceType: 'Observation',
    id: `o-${seed}-${index}`,
    status: 'final',
    category: [{ coding: [{ system: 'vital-signs', code: 'laboratory' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: `${1_000 + index}-7` }], text: 'Glucose' },
    subject: { reference: `Patient/p-${seed}` },
    effectiveDateTime: '2026-02-07T12:30:00.000Z',
    valueQuantity: { value: 4 + (index % 50) / 10, unit: 'mmol/L' },
    interpretation: [{ coding: [{ code: index % 9 === 0 ? 'H' : 'N' }] }],
    note: [{ text: noise(80, seed + index) }],
  };
}
