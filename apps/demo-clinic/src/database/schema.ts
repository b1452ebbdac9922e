import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { AppointmentStatus } from '../appointments/appointment-status.js';
import type {
  HistoryCondition,
  HistoryAllergy,
  HistoryEvent,
  HistoryFinding,
} from '../histories/history-parts.js';
import type { Vitals } from '../records/vitals.js';

/** A calendar day, `YYYY-MM-DD`. */
type Day = string;
/** An instant, ISO 8601 in UTC. */
type Instant = string;
/** Written as JSON text, because the drivers would turn an array into a PostgreSQL array. */
type JsonList<T> = ColumnType<readonly T[], string, string>;

/** Columns of what a person may edit: the version counts the changes, from 1. */
interface Versioned {
  version: Generated<number>;
  updatedAt: Generated<Instant>;
}

/** Table `clinics`. */
export interface ClinicsTable extends Versioned {
  id: string;
  name: string;
  street: string;
  city: string;
  phone: string;
  openingHours: string;
}

/** Table `doctors`. */
export interface DoctorsTable extends Versioned {
  id: string;
  clinicId: string;
  givenName: string;
  familyName: string;
  specialty: string;
  phone: string;
  email: string;
  profile: string;
}

/** Table `doctor_schedules`: the times of day (`HH:MM`, UTC) at which a doctor sees people. */
interface DoctorSchedulesTable {
  doctorId: string;
  date: Day;
  slots: JsonList<string>;
}

/** Table `patients`. */
export interface PatientsTable extends Versioned {
  id: string;
  clinicId: string;
  recordNumber: string;
  givenName: string;
  familyName: string;
  birthDate: Day;
  phone: string;
  email: string;
}

/** Table `patient_records`: one row per visit. */
export interface PatientRecordsTable {
  id: string;
  patientId: string;
  clinicId: string;
  doctorId: string;
  visitedAt: Instant;
  reason: string;
  vitals: JSONColumnType<Vitals>;
  notes: string;
}

/** Table `medical_histories`: one row per patient. */
export interface MedicalHistoriesTable extends Versioned {
  id: string;
  patientId: string;
  conditions: JsonList<HistoryCondition>;
  allergies: JsonList<HistoryAllergy>;
  procedures: JsonList<HistoryEvent>;
  tests: JsonList<HistoryFinding>;
  images: JsonList<HistoryFinding>;
}

/** Table `appointments`. */
export interface AppointmentsTable extends Versioned {
  id: string;
  patientId: string;
  doctorId: string;
  clinicId: string;
  startsAt: Instant;
  status: AppointmentStatus;
  reason: string;
}

/** Table `prescriptions`. */
export interface PrescriptionsTable {
  id: string;
  patientId: string;
  doctorId: string;
  medication: string;
  dosage: string;
  prescribedOn: Day;
  /** Null: until further notice. */
  endsOn: Day | null;
}

/** Table `lab_results`. */
export interface LabResultsTable {
  id: string;
  patientId: string;
  test: string;
  value: number;
  unit: string;
  referenceLow: number;
  referenceHigh: number;
  takenAt: Instant;
}

/** Table `emergency_contacts`. */
export interface EmergencyContactsTable {
  id: string;
  patientId: string;
  name: string;
  relationship: string;
  phone: string;
}

/** Table `demo_meta`: what the demo knows about its own data. */
interface DemoMetaTable {
  name: string;
  value: JSONColumnType<Record<string, unknown>>;
}

/** All tables, in camel case; the columns in the database are in snake case. */
export interface Schema {
  clinics: ClinicsTable;
  doctors: DoctorsTable;
  doctorSchedules: DoctorSchedulesTable;
  patients: PatientsTable;
  patientRecords: PatientRecordsTable;
  medicalHistories: MedicalHistoriesTable;
  appointments: AppointmentsTable;
  prescriptions: PrescriptionsTable;
  labResults: LabResultsTable;
  emergencyContacts: EmergencyContactsTable;
  demoMeta: DemoMetaTable;
}
