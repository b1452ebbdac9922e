import { Injectable } from '@nestjs/common';
import { Cache } from '@vitalcache/nest-integration';

import { InvalidationService } from '../caching/invalidation.service.js';
import { LIFETIMES } from '../caching/lifetimes.js';
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

/** What is written down about one patient, through the cache. Every entry carries the patient's tag. */
@Injectable()
export class CareService {
  constructor(
    private readonly visits: RecordsRepository,
    private readonly histories: HistoriesRepository,
    private readonly prescribed: PrescriptionsRepository,
    private readonly results: LabResultsRepository,
    private readonly contacts: EmergencyContactsRepository,
    private readonly invalidation: InvalidationService,
  ) {}

  @Cache({
    keyTemplate:
      'medical:{patientId}:history:{wanted.start}:{wanted.end}:{wanted.includeTests}:{wanted.includeImages}',
    tags: ['patient:{patientId}'],
    compress: true,
    ...LIFETIMES.medicalHistory,
  })
  history(patientId: string, wanted: HistoryQuery): Promise<MedicalHistory | null> {
    return this.histories.byPatient(patientId, wanted);
  }

  @Cache({
    keyTemplate: 'prescriptions:{patientId}',
    tags: ['patient:{patientId}'],
    ...LIFETIMES.prescriptions,
  })
  prescriptions(patientId: string): Promise<Prescription[]> {
    return this.prescribed.byPatient(patientId);
  }

  @Cache({
    keyTemplate: 'lab-results:{patientId}',
    tags: ['patient:{patientId}'],
    ...LIFETIMES.labResults,
  })
  labResults(patientId: string): Promise<LabResult[]> {
    return this.results.byPatient(patientId);
  }

  @Cache({
    keyTemplate: 'emergency:{patientId}:contacts',
    tags: ['patient:{patientId}'],
    priority: 'critical',
    ...LIFETIMES.emergencyContacts,
  })
  emergencyContacts(patientId: string): Promise<EmergencyContact[]> {
    return this.contacts.byPatient(patientId);
  }

  async addRecord(patientId: string, record: NewRecord): Promise<PatientRecord> {
    return this.changing(patientId, await this.visits.create(patientId, record));
  }

  async addAllergy(patientId: string, allergy: NewAllergy): Promise<MedicalHistory | null> {
    return this.changing(patientId, await this.histories.addAllergy(patientId, allergy));
  }

  async addPrescription(patientId: string, prescription: NewPrescription): Promise<Prescription> {
    return this.changing(patientId, await this.prescribed.create(patientId, prescription));
  }

  async addLabResult(patientId: string, result: NewLabResult): Promise<LabResult> {
    return this.changing(patientId, await this.results.create(patientId, result));
  }

  private async changing<T>(patientId: string, written: T): Promise<T> {
    await this.invalidation.changed(`patient:${patientId}`);
    return written;
  }
}
