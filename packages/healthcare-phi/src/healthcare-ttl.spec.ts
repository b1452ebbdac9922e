import { EnvironmentReader } from '@vitalcache/core';

import { completeTtls, readTtls } from './healthcare-ttl.js';

describe('times to live by kind of data', () => {
  it('come from the variables, and have the document’s defaults', () => {
    const reader = new EnvironmentReader({
      CACHE_LAB_RESULTS_TTL: '60',
      CACHE_CLINIC_DATA_TTL: '0',
    });
    expect(completeTtls(readTtls(reader))).toEqual({
      patientRecords: 3_600,
      appointments: 1_800,
      doctorProfiles: 7_200,
      clinicData: 0,
      medicalHistory: 7_200,
      prescriptions: 1_800,
      labResults: 60,
      emergencyData: 300,
    });
    reader.assertValid();
  });

  it('are named with what they accept when they are wrong', () => {
    const reader = new EnvironmentReader({ CACHE_PRESCRIPTIONS_TTL: '-1' });
    readTtls(reader);
    expect(() => reader.assertValid()).toThrow('CACHE_PRESCRIPTIONS_TTL');
    expect(() => completeTtls({ patients: 3 } as never)).toThrow('patients is 3');
    expect(() => completeTtls({ labResults: 1.5 })).toThrow('labResults is 1.5');
  });
});
