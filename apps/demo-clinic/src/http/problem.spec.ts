import { Body, Controller, Get, Module, Param, Patch, Query } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { WriteError, type WriteErrorCode } from '../database/write-error.js';
import {
  patientParams,
  patientPatch,
  patientsQuery,
  type PatientPatch,
  type PatientsQuery,
} from '../patients/patients.schema.js';
import { WriteErrorFilter } from './write-error.filter.js';
import { ZodPipe } from './zod.pipe.js';

@Controller()
class ProbeController {
  @Get('patients')
  list(@Query(new ZodPipe(patientsQuery)) query: PatientsQuery) {
    return query;
  }

  @Patch('patients/:patientId')
  change(
    @Param(new ZodPipe(patientParams)) params: { patientId: string },
    @Body(new ZodPipe(patientPatch)) patch: PatientPatch,
  ) {
    return { ...params, ...patch };
  }

  @Get('refused/:code')
  refuse(@Param('code') code: WriteErrorCode) {
    throw new WriteError(code, 'startsAt', 'is already booked');
  }
}

@Module({
  controllers: [ProbeController],
  providers: [{ provide: APP_FILTER, useClass: WriteErrorFilter }],
})
class ProbeModule {}

describe('problems over HTTP', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [ProbeModule] }).compile();
    app = module.createNestApplication(new FastifyAdapter());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  const get = (url: string) => app.inject({ method: 'GET', url });
  const patch = (url: string, payload: object) => app.inject({ method: 'PATCH', url, payload });

  it('lets good requests through with the types of the schema', async () => {
    expect((await get('/patients?limit=3&clinicId=clinic-01')).json()).toEqual({
      limit: 3,
      clinicId: 'clinic-01',
    });
    expect((await patch('/patients/patient-000001', { phone: ' 030 23125 001 ' })).json()).toEqual({
      patientId: 'patient-000001',
      phone: '030 23125 001',
    });
  });

  it('answers 400 and names the field of a query, a parameter or a body', async () => {
    const answers = [
      await get('/patients?limit=500'),
      await patch('/patients/nobody', { phone: '030 23125 001' }),
      await patch('/patients/patient-000001', { nickname: 'Al' }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400]);
    expect(
      answers.map((answer) => answer.json<{ fields: { field: string }[] }>().fields[0]?.field),
    ).toEqual(['limit', 'patientId', 'nickname']);
  });

  it.each([
    ['SLOT_TAKEN', 409, 'Conflict'],
    ['SLOT_UNKNOWN', 422, 'Unprocessable Entity'],
    ['REFERENCE_UNKNOWN', 422, 'Unprocessable Entity'],
  ])('answers %s with %i', async (code, statusCode, error) => {
    const answer = await get(`/refused/${code}`);
    expect(answer.statusCode).toBe(statusCode);
    expect(answer.json()).toEqual({
      statusCode,
      error,
      message: 'startsAt is already booked',
      fields: [{ field: 'startsAt', problem: 'is already booked' }],
    });
  });
});
