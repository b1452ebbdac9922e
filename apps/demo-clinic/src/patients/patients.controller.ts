import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { ErasureService } from '../erasure/erasure.service.js';
import { ApiInput } from '../http/api-input.js';
import { found } from '../http/found.js';
import { ZodPipe } from '../http/zod.pipe.js';
import {
  patientParams,
  patientPatch,
  patientsQuery,
  recordsQuery,
  type PatientPatch,
  type PatientsQuery,
  type RecordsQuery,
} from './patients.schema.js';
import { PatientsService } from './patients.service.js';

interface PatientParams {
  readonly patientId: string;
}

@ApiTags('patients')
@Controller('patients')
export class PatientsController {
  constructor(
    private readonly patients: PatientsService,
    private readonly erasure: ErasureService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Patients by id, page by page' })
  @ApiInput({ query: patientsQuery })
  list(@Query(new ZodPipe(patientsQuery)) query: PatientsQuery) {
    return this.patients.list(query);
  }

  @Get(':patientId')
  @ApiOperation({ summary: 'One patient' })
  @ApiInput({ params: patientParams })
  async find(@Param(new ZodPipe(patientParams)) { patientId }: PatientParams) {
    return found(await this.patients.find(patientId), 'patient');
  }

  @Get(':patientId/records')
  @ApiOperation({
    summary: 'A patient’s visits, with history, prescriptions and vitals if asked for',
  })
  @ApiInput({ params: patientParams, query: recordsQuery })
  async records(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Query(new ZodPipe(recordsQuery)) wanted: RecordsQuery,
  ) {
    return found(await this.patients.records(patientId, wanted), 'patient');
  }

  @Patch(':patientId')
  @ApiOperation({
    summary:
      'Changes a patient; what this process reads afterwards is the new data, others follow within milliseconds',
  })
  @ApiInput({ params: patientParams, body: patientPatch })
  async update(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Body(new ZodPipe(patientPatch)) patch: PatientPatch,
  ) {
    return found(await this.patients.update(patientId, patch), 'patient');
  }

  @Delete(':patientId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a patient as /erasure does, without its receipt' })
  @ApiInput({ params: patientParams })
  async delete(@Param(new ZodPipe(patientParams)) { patientId }: PatientParams): Promise<void> {
    found(await this.patients.find(patientId), 'patient');
    await this.erasure.erase(patientId, 'deleted');
  }
}
