import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { AuditCacheMiddleware } from '@vitalcache/core';

import { leaveProtectionFolder, type ProtectionFolder } from './protection-folder.js';

const FOLDER = Symbol('demo-clinic.protection-folder');

/** Leaves the folder of keys and audit after the cache, which is the last to write into it, was closed. */
@Module({})
export class ProtectionModule implements OnApplicationShutdown {
  constructor(
    @Inject(FOLDER) private readonly folder: ProtectionFolder,
    private readonly audit: AuditCacheMiddleware,
  ) {}

  /** Import it before the cache: Nest shuts global modules down in the reverse order of their import. */
  static forRoot(folder: ProtectionFolder, audit: AuditCacheMiddleware): DynamicModule {
    return {
      module: ProtectionModule,
      global: true,
      providers: [
        { provide: FOLDER, useValue: folder },
        { provide: AuditCacheMiddleware, useValue: audit },
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.audit.close();
    leaveProtectionFolder(this.folder);
  }
}
