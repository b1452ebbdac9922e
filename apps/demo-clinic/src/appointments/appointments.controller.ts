import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { ApiInput } from '../http/api-input.js';
import { found } from '../http/found.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { patientParams } from '../patients/patients.schema.js';
import { PatientsService } from '../patients/patients.service.js';
import {
  appointmentParams,
  appointmentPatch,
  clinicDayParams,
  newAppointment,
  type AppointmentPatch,
  type NewAppointment,
} from './appointments.schema.js';
import { AppointmentsService } from './appointments.service.js';

@ApiTags('appointments')
@Controller()
export class AppointmentsController {
  constructor(
    private readonly appointments: AppointmentsService,
    private readonly patients: PatientsService,
  ) {}

  @Get('appointments/:appointmentId')
  @ApiOperation({ summary: 'One appointment' })
  @ApiInput({ params: appointmentParams })
  async find(@Param(new ZodPipe(appointmentParams)) params: { readonly appointmentId: string }) {
    return found(await this.appointments.find(params.appointmentId), 'appointment');
  }

  @Get('patients/:patientId/appointments')
  @ApiOperation({ summary: 'A patient’s appointments, the earliest first' })
  @ApiInput({ params: patientParams })
  async byPatient(@Param(new ZodPipe(patientParams)) params: { readonly patientId: string }) {
    const [patient, appointments] = await Promise.all([
      this.patients.find(params.patientId),
      this.appointments.byPatient(params.patientId),
    ]);
    found(patient, 'patient');
    return appointments;
  }

  @Get('clinics/:clinicId/appointments/:date')
  @ApiOperation({ summary: 'A clinic’s day' })
  @ApiInput({ params: clinicDayParams })
  byClinicAndDate(
    @Param(new ZodPipe(clinicDayParams))
    { clinicId, date }: { readonly clinicId: string; readonly date: string },
  ) {
    return this.appointments.byClinicAndDate(clinicId, date);
  }

  @Get('clinics/:clinicId/appointments/:date/board')
  @ApiOperation({
    summary: 'How many of the day are to come, were seen, or did not come; never from the cache',
  })
  @ApiInput({ params: clinicDayParams })
  board(
    @Param(new ZodPipe(clinicDayParams))
    { clinicId, date }: { readonly clinicId: string; readonly date: string },
  ) {
    return this.appointments.board(clinicId, date);
  }

  @Post('appointments')
  @ApiOperation({ summary: 'Books a free slot; 409 when somebody was faster' })
  @ApiInput({ body: newAppointment })
  create(@Body(new ZodPipe(newAppointment)) appointment: NewAppointment) {
    return this.appointments.create(appointment);
  }

  @Patch('appointments/:appointmentId')
  @ApiOperation({ summary: 'Changes the status or the time' })
  @ApiInput({ params: appointmentParams, body: appointmentPatch })
  async update(
    @Param(new ZodPipe(appointmentParams)) params: { readonly appointmentId: string },
    @Body(new ZodPipe(appointmentPatch)) patch: AppointmentPatch,
  ) {
    return found(await this.appointments.update(params.appointmentId, patch), 'appointment');
  }
}
