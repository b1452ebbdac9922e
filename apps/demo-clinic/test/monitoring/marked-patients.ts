import { CANARY_PATIENT } from '@vitalcache/testing';

import type { DemoApi } from '../demo-api.js';

/** What marks go through: the API, on a port or without one. */
export type MarkedApi = Pick<DemoApi, 'ask' | 'get'>;

const { name, mrn, email, note } = CANARY_PATIENT;

export const MARKED = '/patients/patient-000002';

/** Puts marks wherever the API takes words, and ids that are marks themselves into keys and tags. */
export async function markPatients(api: MarkedApi): Promise<void> {
  const written = [
    await api.ask('PATCH', MARKED, { givenName: name, familyName: mrn, email }),
    await api.ask('POST', `${MARKED}/history/allergies`, {
      substance: mrn,
      reaction: name,
      severity: 'mild',
    }),
    await api.ask('POST', `${MARKED}/prescriptions`, {
      doctorId: 'doctor-001',
      medication: name,
      dosage: mrn,
      prescribedOn: '2026-03-02',
    }),
    await api.ask('POST', `${MARKED}/records`, {
      doctorId: 'doctor-001',
      visitedAt: '2026-03-02T08:00:00Z',
      reason: mrn,
      notes: note,
      vitals: {
        heartRatePerMinute: 60,
        systolicMmHg: 120,
        diastolicMmHg: 80,
        temperatureCelsius: 36.6,
        weightKg: 70,
      },
    }),
  ];
  const refused = written.filter(({ status }) => status >= 300);
  if (refused.length > 0) throw new Error(`the API refused ${refused.length} of the marks`);
}

/** Reads them in all ways, twice at once and twice in a row, among them what is not there and what is refused. */
export async function readPatients(api: MarkedApi): Promise<void> {
  const urls = [
    MARKED,
    `${MARKED}/records?includeHistory=true&includePrescriptions=true&includeVitals=true`,
    `${MARKED}/history?includeTests=true`,
    `${MARKED}/prescriptions`,
    `${MARKED}/lab-results`,
    `${MARKED}/appointments`,
    `${MARKED}/emergency-contacts`,
    '/patients?limit=5',
    `/patients/patient-${mrn.toLowerCase()}`,
    `/patients/${encodeURIComponent(name)}`,
    '/doctors/doctor-001',
    '/clinics',
  ];
  for (let round = 0; round < 3; round++) {
    await Promise.all([...urls, ...urls].map((url) => api.get(url)));
  }
}
