import type { ResolvedCacheOptions } from '@vitalcache/core';

/** Kinds of healthcare data whose hits are counted apart. */
export const DATA_KINDS = ['patient', 'appointment', 'doctor', 'emergency'] as const;

export type MeasuredData = (typeof DATA_KINDS)[number];

/** First segments of keys and templates by convention, and what they hold. */
const BY_PREFIX: ReadonlyMap<string, MeasuredData> = new Map([
  ['patient', 'patient'],
  ['patients', 'patient'],
  ['medical', 'patient'],
  ['prescription', 'patient'],
  ['prescriptions', 'patient'],
  ['lab', 'patient'],
  ['labs', 'patient'],
  ['lab-results', 'patient'],
  ['labResults', 'patient'],
  ['appointment', 'appointment'],
  ['appointments', 'appointment'],
  ['doctor', 'doctor'],
  ['doctors', 'doctor'],
  ['emergency', 'emergency'],
] as const);

/**
 * The kind of what a key or template names, by its first segment; `null` for anything else. Looked at from its first
 * character on, because every hit comes here.
 */
export function dataOfText(text: string): MeasuredData | null {
  switch (text.charCodeAt(0)) {
    case 97: // a
    case 100: // d
    case 101: // e
    case 108: // l
    case 109: // m
    case 112: {
      // p
      const end = text.indexOf(':');
      return end < 0 ? null : (BY_PREFIX.get(text.slice(0, end)) ?? null);
    }
    default:
      return null;
  }
}

/** The kind of what is read, once for each read: by what its options say first, then by the name. */
export function dataOf(
  options: Pick<
    ResolvedCacheOptions,
    'emergencyData' | 'doctorSpecific' | 'patientSpecific'
  > | null,
  template: string,
  key: string | undefined,
): MeasuredData | null {
  if (options?.emergencyData) return 'emergency';
  const named = dataOfText(template) ?? (key === undefined ? null : dataOfText(key));
  if (named || !options) return named;
  if (options.doctorSpecific) return 'doctor';
  return options.patientSpecific ? 'patient' : null;
}
