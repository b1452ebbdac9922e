import type { CallTerms } from './healthcare-call.js';
import type { HealthcareTtls } from './healthcare-ttl.js';
import { HEALTHCARE_TEMPLATES } from './subjects/healthcare-key.factory.js';

/** What each healthcare method knows of its data; lists of bookings of a clinic apart from its other data. */
export type HealthcareTerms = Readonly<
  Record<keyof typeof HEALTHCARE_TEMPLATES | 'clinicBookings', CallTerms>
>;

export function healthcareTerms(ttls: HealthcareTtls): HealthcareTerms {
  const of = (
    name: keyof typeof HEALTHCARE_TEMPLATES,
    kind: CallTerms['kind'],
    ttl: number,
  ): CallTerms => ({ kind, template: HEALTHCARE_TEMPLATES[name], ttl });
  const strong = { consistency: 'strong' } as const;
  return {
    patientRecords: of('patientRecords', 'patient', ttls.patientRecords),
    medicalHistory: of('medicalHistory', 'medicalHistory', ttls.medicalHistory),
    prescriptions: of('prescriptions', 'prescription', ttls.prescriptions),
    labResults: of('labResults', 'labResults', ttls.labResults),
    appointment: of('appointment', 'appointment', ttls.appointments),
    doctorProfile: of('doctorProfile', 'doctor', ttls.doctorProfiles),
    doctorSchedule: { ...of('doctorSchedule', 'doctor', ttls.appointments), ...strong },
    clinicData: of('clinicData', 'clinic', ttls.clinicData),
    clinicBookings: { ...of('clinicData', 'clinic', ttls.appointments), ...strong },
    emergency: of('emergency', 'emergency', ttls.emergencyData),
  };
}
