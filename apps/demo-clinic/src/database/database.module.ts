import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { AppointmentsRepository } from '../appointments/appointments.repository.js';
import { ClinicsRepository } from '../clinics/clinics.repository.js';
import { DoctorsRepository } from '../doctors/doctors.repository.js';
import { EmergencyContactsRepository } from '../emergency-contacts/emergency-contacts.repository.js';
import { HistoriesRepository } from '../histories/histories.repository.js';
import { LabResultsRepository } from '../lab-results/lab-results.repository.js';
import { PatientsRepository } from '../patients/patients.repository.js';
import { PrescriptionsRepository } from '../prescriptions/prescriptions.repository.js';
import { RecordsRepository } from '../records/records.repository.js';
import { readDatabaseConfig } from './database.config.js';
import { DATABASE, DATABASE_CONFIG, OPEN_DATABASE } from './database.tokens.js';
import type { OpenDatabase } from './open-database.js';
import { prepareDatabase } from './prepare-database.js';
import { RowIds } from './row-ids.js';
import type { ISeedProgress } from './seed/seed-progress.js';
import { SlowSource } from './slow-source.js';

const REPOSITORIES = [
  AppointmentsRepository,
  ClinicsRepository,
  DoctorsRepository,
  EmergencyContactsRepository,
  HistoriesRepository,
  LabResultsRepository,
  PatientsRepository,
  PrescriptionsRepository,
  RecordsRepository,
];

/** The demo's data: the Kysely instance under `DATABASE`, and a repository for each area, everywhere. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(OPEN_DATABASE) private readonly database: OpenDatabase) {}

  /**
   * Opens, migrates and seeds the database while Nest starts, and closes it at the end.
   *
   * Import it before every other global module: Nest shuts those down in the reverse order of their
   * import, and a cache that finishes its last refreshes still reads from here.
   *
   * @throws StartError at once when a variable is wrong, from `NestFactory.create` when the folder or server can't be used.
   */
  static forRoot(
    env: Readonly<Record<string, string | undefined>> = process.env,
    progress?: ISeedProgress,
  ): DynamicModule {
    const config = readDatabaseConfig(env);
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: DATABASE_CONFIG, useValue: config },
        { provide: OPEN_DATABASE, useFactory: () => prepareDatabase(config, progress) },
        { provide: DATABASE, useFactory: ({ db }: OpenDatabase) => db, inject: [OPEN_DATABASE] },
        SlowSource,
        RowIds,
        ...REPOSITORIES,
      ],
      exports: [DATABASE, DATABASE_CONFIG, ...REPOSITORIES],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
