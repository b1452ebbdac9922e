import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { StalenessProbe } from '@vitalcache/metrics';
import { CacheModule } from '@vitalcache/nest-integration';
import { SWRCacheStrategy } from '@vitalcache/swr';
import { Registry } from 'prom-client';

import { AppointmentsController } from './appointments/appointments.controller.js';
import { AppointmentsService } from './appointments/appointments.service.js';
import { InvalidationService } from './caching/invalidation.service.js';
import { CareController } from './care/care.controller.js';
import { CareService } from './care/care.service.js';
import { ClinicsController } from './clinics/clinics.controller.js';
import { ClinicsService } from './clinics/clinics.service.js';
import { DatabaseModule } from './database/database.module.js';
import { DoctorsController } from './doctors/doctors.controller.js';
import { DoctorsService } from './doctors/doctors.service.js';
import { ErasureController } from './erasure/erasure.controller.js';
import { ErasureService } from './erasure/erasure.service.js';
import { HealthController } from './health/health.controller.js';
import { ClientErrorFilter } from './http/client-error.filter.js';
import { ADMIN_ACTIONS } from './http/describe-api.js';
import { WriteErrorFilter } from './http/write-error.filter.js';
import { MetricsController } from './monitoring/metrics.controller.js';
import { monitoring } from './monitoring/monitoring.js';
import { operatorAudit } from './monitoring/operator-audit.js';
import { SourceChecks } from './monitoring/source-checks.js';
import { PatientsController } from './patients/patients.controller.js';
import { PatientsService } from './patients/patients.service.js';
import { LoginsController } from './protection/logins.controller.js';
import { prepareProtectionFolder, protectionDefaults } from './protection/protection-folder.js';
import { ProtectionModule } from './protection/protection.module.js';
import { protection } from './protection/protection.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The demo: a clinic's API over a slow database, with the cache in between. */
@Module({})
export class AppModule {
  /** @throws StartError, CacheError when a variable is unusable; each message is one line that says what to do. */
  static forRoot(env: Environment = process.env): DynamicModule {
    const { plugins, registry, staleness } = monitoring();
    const swr = new SWRCacheStrategy();
    const folder = prepareProtectionFolder(env);
    const logger = new Logger('Healthcare');
    const healthcare = protection({ env, folder, swr, logger });
    const audit = operatorAudit(folder.path);
    return {
      module: AppModule,
      imports: [
        ProtectionModule.forRoot(folder, audit),
        DatabaseModule.forRoot(env),
        CacheModule.forRoot({
          env: { ...env, ...protectionDefaults(folder, env) },
          defaultProvider: 'memory',
          strategies: [swr],
          middleware: [audit],
          plugins: [...plugins, healthcare],
        }),
      ],
      controllers: [
        PatientsController,
        CareController,
        AppointmentsController,
        DoctorsController,
        ClinicsController,
        ErasureController,
        LoginsController,
        HealthController,
        MetricsController,
      ],
      providers: [
        AppointmentsService,
        CareService,
        ClinicsService,
        DoctorsService,
        ErasureService,
        InvalidationService,
        PatientsService,
        SourceChecks,
        { provide: ADMIN_ACTIONS, useValue: healthcare.adminActions },
        { provide: Registry, useValue: registry },
        { provide: StalenessProbe, useValue: staleness },
        // The last one that fits is asked first.
        { provide: APP_FILTER, useClass: ClientErrorFilter },
        { provide: APP_FILTER, useClass: WriteErrorFilter },
      ],
    };
  }
}
