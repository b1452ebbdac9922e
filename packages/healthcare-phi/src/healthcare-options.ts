import type { CacheOptions } from '@vitalcache/core';

import type { TimeRange } from './data-parts.js';

export interface PatientRecordsOptions extends CacheOptions {
  readonly includeHistory?: boolean;
  readonly includePrescriptions?: boolean;
  readonly includeVitals?: boolean;
}

export interface MedicalHistoryOptions extends CacheOptions {
  /** Rounded outward to whole UTC days in the key. Absent: all of it. */
  readonly timeRange?: TimeRange;
  readonly includeTests?: boolean;
  readonly includeImages?: boolean;
}

export interface AppointmentOptions extends CacheOptions {
  /** Whose appointment it is: without it neither their invalidation nor their erasure finds it. */
  readonly patientId?: string;
  readonly doctorId?: string;
}

export interface EmergencyDataOptions extends CacheOptions {
  /** Which of several sets of emergency data of a patient it is. Default: `summary`. */
  readonly what?: string;
}
