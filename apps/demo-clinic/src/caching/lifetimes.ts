/** How long each kind of data is served, in seconds, and from which age it is refreshed behind the reader's back. */
export const LIFETIMES = {
  patient: { ttl: 3_600, staleTime: 30 },
  patientRecords: { ttl: 3_600, staleTime: 30 },
  medicalHistory: { ttl: 7_200, staleTime: 600 },
  prescriptions: { ttl: 1_800, staleTime: 120 },
  labResults: { ttl: 3_600, staleTime: 120 },
  appointments: { ttl: 1_800, staleTime: 60 },
  emergencyContacts: { ttl: 300, staleTime: 60 },
  doctor: { ttl: 7_200, staleTime: 600 },
  clinic: { ttl: 14_400, staleTime: 3_600 },
  list: { ttl: 600, staleTime: 60 },
} as const;
