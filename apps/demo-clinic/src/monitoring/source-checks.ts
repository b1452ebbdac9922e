import { Injectable, type OnModuleInit } from '@nestjs/common';
import { StalenessProbe } from '@vitalcache/metrics';

import { ClinicsRepository, type Clinic } from '../clinics/clinics.repository.js';

/**
 * Lets the probe compare the cached list of clinics with the database: every write of a clinic invalidates it, so that both
 * agree. Nothing about patients is compared: nobody asked for it, and each look would be on record.
 */
@Injectable()
export class SourceChecks implements OnModuleInit {
  constructor(
    private readonly staleness: StalenessProbe,
    private readonly clinics: ClinicsRepository,
  ) {}

  onModuleInit(): void {
    const current = async (): Promise<string> => versionsOf(await this.clinics.list());
    this.staleness.register('clinics:list', current, { versionOf: versionsOf });
  }
}

function versionsOf(clinics: readonly Clinic[]): string {
  return clinics.map(({ id, version }) => `${id} ${version}`).join();
}
