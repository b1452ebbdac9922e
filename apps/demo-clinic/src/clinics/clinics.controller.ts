import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { ApiInput } from '../http/api-input.js';
import { found } from '../http/found.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { clinicParams, clinicPatch, type ClinicPatch } from './clinics.schema.js';
import { ClinicsService } from './clinics.service.js';

interface ClinicParams {
  readonly clinicId: string;
}

@ApiTags('clinics')
@Controller('clinics')
export class ClinicsController {
  constructor(private readonly clinics: ClinicsService) {}

  @Get()
  @ApiOperation({ summary: 'All clinics' })
  list() {
    return this.clinics.list();
  }

  @Get(':clinicId')
  @ApiOperation({ summary: 'One clinic' })
  @ApiInput({ params: clinicParams })
  async find(@Param(new ZodPipe(clinicParams)) { clinicId }: ClinicParams) {
    return found(await this.clinics.find(clinicId), 'clinic');
  }

  @Get(':clinicId/doctors')
  @ApiOperation({ summary: 'The doctors of a clinic' })
  @ApiInput({ params: clinicParams })
  async doctors(@Param(new ZodPipe(clinicParams)) { clinicId }: ClinicParams) {
    const [clinic, doctors] = await Promise.all([
      this.clinics.find(clinicId),
      this.clinics.doctors(clinicId),
    ]);
    found(clinic, 'clinic');
    return doctors;
  }

  @Patch(':clinicId')
  @ApiOperation({ summary: 'Changes a clinic' })
  @ApiInput({ params: clinicParams, body: clinicPatch })
  async update(
    @Param(new ZodPipe(clinicParams)) { clinicId }: ClinicParams,
    @Body(new ZodPipe(clinicPatch)) patch: ClinicPatch,
  ) {
    return found(await this.clinics.update(clinicId, patch), 'clinic');
  }
}
