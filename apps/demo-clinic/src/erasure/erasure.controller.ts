import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { ApiInput } from '../http/api-input.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { patientParams } from '../patients/patients.schema.js';
import { reasonBody, type ReasonBody } from './erasure.schema.js';
import { ErasureService } from './erasure.service.js';

interface PatientParams {
  readonly patientId: string;
}

@ApiTags('erasure')
@Controller('patients/:patientId')
export class ErasureController {
  constructor(private readonly erasure: ErasureService) {}

  @Post('erasure')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Deletes all data of a patient, cached copies and their keys; 409 under a legal hold',
  })
  @ApiInput({ params: patientParams, body: reasonBody })
  erase(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Body(new ZodPipe(reasonBody)) { reason }: ReasonBody,
  ) {
    return this.erasure.erase(patientId, reason);
  }

  @Get('legal-hold')
  @ApiOperation({ summary: 'Whether a legal hold keeps the data of a patient from being deleted' })
  @ApiInput({ params: patientParams })
  async isHeld(@Param(new ZodPipe(patientParams)) { patientId }: PatientParams) {
    return { isHeld: await this.erasure.isHeld(patientId) };
  }

  @Put('legal-hold')
  @HttpCode(204)
  @ApiOperation({ summary: 'Places a legal hold; the records office may' })
  @ApiInput({ params: patientParams, body: reasonBody })
  hold(
    @Param(new ZodPipe(patientParams)) { patientId }: PatientParams,
    @Body(new ZodPipe(reasonBody)) { reason }: ReasonBody,
  ) {
    return this.erasure.hold(patientId, reason);
  }

  @Delete('legal-hold')
  @HttpCode(204)
  @ApiOperation({ summary: 'Lifts it; the records office may' })
  @ApiInput({ params: patientParams })
  release(@Param(new ZodPipe(patientParams)) { patientId }: PatientParams) {
    return this.erasure.release(patientId, 'lifted in the demo');
  }
}
