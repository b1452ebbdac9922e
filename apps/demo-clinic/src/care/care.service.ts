import { Injectable } from '@nestjs/common';
import {
  HealthcareCacheService,
  NO_CLINIC,
  type EmergencyResult,
} from '@vitalcache/healthcare-phi';

import { InvalidationService } from '../caching/invalidation.service.js';
import {
  EmergencyContactsRepository,
  type EmergencyContact,
} from '../emergency-contacts/emergency-contacts.repository.js';
import { HistoriesRepository, type MedicalHistory } from '../histories/histories.repository.js';
import type { HistoryQuery, NewAllergy } from '../histories/histories.schema.js';
import { LabResultsRepository, type LabResult } from '../lab-results/lab-results.repository.js';
import type { NewLabResult } from '../lab-results/lab-results.schema.js';
import {
  PrescriptionsRepository,
  type Prescription,
} from '../prescriptions/prescriptions.repository.js';
import type { NewPrescription } from '../prescriptions/prescriptions.schema.js';
import { RecordsRepository, type PatientRecord } from '../records/records.repository.js';
import type { NewRecord } from '../records/records.schema.js';

/** Days that an open side of a range stands for. */
const FIRST_DAY = '1900-01-01';
const LAST_DAY = '2199-12-31';

/** What is written down about one patient, through the cache's methods for it. */
@Injectable()
export class CareService {
  constructor(
    private readonly visits: RecordsRepository,
    private readonly histories: HistoriesRepository,
    private readonly prescribed: PrescriptionsRepository,
    private readonly results: LabResultsRepository,
    private readonly contacts: EmergencyContactsRepository,
    private readonly cache: HealthcareCacheService,
    private readonly invalidation: InvalidationService,
  ) {}

  history(patientId: string, wanted: HistoryQuery): Promise<MedicalHistory | null> {
    const { start, end, includeTests, includeImages } = wanted;
    const isWhole = start === undefined && end === undefined;
    const timeRange = { start: new Date(start ?? FIRST_DAY), end: new Date(end ?? LAST_DAY) };
    const load = () => this.histories.byPatient(patientId, wanted);
    return this.cache.cacheMedicalHistory(patientId, NO_CLINIC, load, {
      includeTests,
      includeImages,
      compress: true,
      ...(!isWhole && { timeRange }),
    });
  }

  prescriptions(patientId: string): Promise<Prescription[]> {
    const load = () => this.prescribed.byPatient(patientId);
    return this.cache.cachePrescriptions(patientId, NO_CLINIC, load);
  }

  labResults(patientId: string): Promise<LabResult[]> {
    const load = () => this.results.byPatient(patientId);
    return this.cache.cacheLabResults(patientId, NO_CLINIC, load);
  }

  /** With its age: of whom to call, yesterday's answer is better than none while the database is away. */
  emergencyContacts(patientId: string): Promise<EmergencyResult<EmergencyContact[]>> {
    const load = () => this.contacts.byPatient(patientId);
    return this.cache.cacheEmergencyData(patientId, load, { what: 'contacts' });
  }

  async addRecord(patientId: string, record: NewRecord): Promise<PatientRecord> {
    const added = await this.visits.create(patientId, record);
    await this.invalidation.patientChanged(patientId);
    return added;
  }

  async addAllergy(patientId: string, allergy: NewAllergy): Promise<MedicalHistory | null> {
    const history = await this.histories.addAllergy(patientId, allergy);
    await this.invalidation.patientChanged(patientId);
    return history;
  }

  async addPrescription(patientId: string, prescription: NewPrescription): Promise<Prescription> {
    const added = await this.prescribed.create(patientId, prescription);
    await this.invalidation.prescriptionsChanged(patientId);
    return added;
  }

  async addLabResult(patientId: string, result: NewLabResult): Promise<LabResult> {
    const added = await this.results.create(patientId, result);
    await this.invalidation.labResultsChanged(patientId);
    return added;
  }
}
