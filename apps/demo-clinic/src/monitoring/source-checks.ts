import { Injectable, type OnModuleInit } from '@nestjs/common';
import { StalenessProbe } from '@vitalcache/metrics';

import { PatientsRepository, type Patient } from '../patients/patients.repository.js';

/** Lets the probe compare what is cached with the database: every write of a patient invalidates, so that both agree. */
@Injectable()
export class SourceChecks implements OnModuleInit {
  constructor(
    private readonly staleness: StalenessProbe,
    private readonly patients: PatientsRepository,
  ) {}

  onModuleInit(): void {
    const current = async (key: string): Promise<number | null> => {
      const [, patientId = ''] = key.split(':');
      return (await this.patients.findById(patientId))?.version ?? null;
    };
    this.staleness.register('patient:{patientId}:profile', current, {
      versionOf: (cached: Patient | null) => cached?.version ?? null,
    });
  }
}
