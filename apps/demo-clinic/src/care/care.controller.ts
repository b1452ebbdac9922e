import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import {
  historyQuery,
  newAllergy,
  type HistoryQuery,
  type NewAllergy,
} from '../histories/histories.schema.js';
import { ApiInput } from '../http/api-input.js';
import { found } from '../http/found.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { newLabResult, type NewLabResult } from '../lab-results/lab-results.schema.js';
import { patientParams } from '../patients/patients.schema.js';
import { PatientsService } from '../patients/patients.service.js';
import { newPrescription, type NewPrescription } from '../prescriptions/prescriptions.schema.js';
import { newRecord, type NewRecord } from '../records/records.schema.js';
import { CareService } from './care.service.js';

interface PatientParams {
  readonly patientId: string;
}

/** What is needed of Fastify's. */
interface Reply {
  header(name: string, value: string): Reply;
}

@ApiTags('care')
@Controller('patients/:patientId')
export class CareController {
  constructor(
    private readonly care: CareService,
    private readonly patients: PatientsService,
  ) {}

  @Get('history')
  @ApiOperation({ summary: 'Conditions, allergies and procedures; tests and images if asked for' })
  @ApiInput({ params: patientParams, query: historyQuery })
  async history(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Query(new ZodPipe(historyQuery)) wanted: HistoryQuery,
  ) {
    return found(await this.care.history(patientId, wanted), 'patient');
  }

  @Get('prescriptions')
  @ApiOperation({ summary: 'A patient’s prescriptions, the latest first' })
  @ApiInput({ params: patientParams })
  async prescriptions(@Param(new ZodPipe(patientParams)) { patientId }: PatientParams) {
    return this.ofPatient(patientId, this.care.prescriptions(patientId));
  }

  @Get('lab-results')
  @ApiOperation({ summary: 'A patient’s laboratory results, the latest first' })
  @ApiInput({ params: patientParams })
  async labResults(@Param(new ZodPipe(patientParams)) { patientId }: PatientParams) {
    return this.ofPatient(patientId, this.care.labResults(patientId));
  }

  @Get('emergency-contacts')
  @ApiOperation({
    summary:
      'Whom to call, in that order; x-as-of says since when, x-stale whether the database was away',
  })
  @ApiInput({ params: patientParams })
  async emergencyContacts(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { data, asOf, stale } = await this.care.emergencyContacts(patientId);
    reply.header('x-as-of', asOf.toISOString()).header('x-stale', String(stale));
    return this.ofPatient(patientId, Promise.resolve(data));
  }

  @Post('records')
  @ApiOperation({ summary: 'Adds a visit' })
  @ApiInput({ params: patientParams, body: newRecord })
  addRecord(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Body(new ZodPipe(newRecord)) record: NewRecord,
  ) {
    return this.care.addRecord(patientId, record);
  }

  @Post('history/allergies')
  @ApiOperation({ summary: 'Adds an allergy' })
  @ApiInput({ params: patientParams, body: newAllergy })
  async addAllergy(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Body(new ZodPipe(newAllergy)) allergy: NewAllergy,
  ) {
    return found(await this.care.addAllergy(patientId, allergy), 'patient');
  }

  @Post('prescriptions')
  @ApiOperation({ summary: 'Writes a prescription' })
  @ApiInput({ params: patientParams, body: newPrescription })
  addPrescription(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Body(new ZodPipe(newPrescription)) prescription: NewPrescription,
  ) {
    return this.care.addPrescription(patientId, prescription);
  }

  @Post('lab-results')
  @ApiOperation({ summary: 'Adds a laboratory result' })
  @ApiInput({ params: patientParams, body: newLabResult })
  addLabResult(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Body(new ZodPipe(newLabResult)) result: NewLabResult,
  ) {
    return this.care.addLabResult(patientId, result);
  }

  /** An empty list is an answer only for a patient that exists. */
  private async ofPatient<T>(patientId: string, list: Promise<T[]>): Promise<T[]> {
    const [patient, items] = await Promise.all([this.patients.find(patientId), list]);
    found(patient, 'patient');
    return items;
  }
}
