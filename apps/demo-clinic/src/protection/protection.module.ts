import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';

import { leaveProtectionFolder, type ProtectionFolder } from './protection-folder.js';

const FOLDER = Symbol('demo-clinic.protection-folder');

/** Leaves the folder of keys and audit after the cache, which is the last to write into it, was closed. */
@Module({})
export class ProtectionModule implements OnApplicationShutdown {
  constructor(@Inject(FOLDER) private readonly folder: ProtectionFolder) {}

  /** Import it before the cache: Nest shuts global modules down in the reverse order of their import. */
  static forRoot(folder: ProtectionFolder): DynamicModule {
    return {
      module: ProtectionModule,
      global: true,
      providers: [{ provide: FOLDER, useValue: folder }],
    };
  }

  onApplicationShutdown(): void {
    leaveProtectionFolder(this.folder);
  }
}
