import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { ApiInput } from '../http/api-input.js';
import { found } from '../http/found.js';
import { ZodPipe } from '../http/zod.pipe.js';
import {
  doctorParams,
  doctorPatch,
  doctorsQuery,
  scheduleParams,
  type DoctorPatch,
  type DoctorsQuery,
} from './doctors.schema.js';
import { DoctorsService } from './doctors.service.js';

@ApiTags('doctors')
@Controller('doctors')
export class DoctorsController {
  constructor(private readonly doctors: DoctorsService) {}

  @Get()
  @ApiOperation({ summary: 'Doctors by id, page by page' })
  @ApiInput({ query: doctorsQuery })
  list(@Query(new ZodPipe(doctorsQuery)) query: DoctorsQuery) {
    return this.doctors.list(query);
  }

  @Get(':doctorId')
  @ApiOperation({ summary: 'One doctor' })
  @ApiInput({ params: doctorParams })
  async find(@Param(new ZodPipe(doctorParams)) { doctorId }: { readonly doctorId: string }) {
    return found(await this.doctors.find(doctorId), 'doctor');
  }

  @Get(':doctorId/schedule/:date')
  @ApiOperation({ summary: 'A doctor’s slots on a day, and which are free' })
  @ApiInput({ params: scheduleParams })
  async schedule(
    @Param(new ZodPipe(scheduleParams))
    { doctorId, date }: { readonly doctorId: string; readonly date: string },
  ) {
    return found(await this.doctors.schedule(doctorId, date), 'doctor');
  }

  @Patch(':doctorId')
  @ApiOperation({ summary: 'Changes a doctor’s profile' })
  @ApiInput({ params: doctorParams, body: doctorPatch })
  async update(
    @Param(new ZodPipe(doctorParams)) { doctorId }: { readonly doctorId: string },
    @Body(new ZodPipe(doctorPatch)) patch: DoctorPatch,
  ) {
    return found(await this.doctors.update(doctorId, patch), 'doctor');
  }
}
