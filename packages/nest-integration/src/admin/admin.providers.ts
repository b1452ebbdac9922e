import type { Provider } from '@nestjs/common';

import { DashboardStates } from '../dashboard/dashboard-state.js';
import { CacheHealthIndicator } from '../health/cache-health.indicator.js';
import { CacheHealthService } from '../health/cache-health.service.js';
import { AdminAnnouncer } from './admin.announcer.js';
import { AdminMount } from './admin.mount.js';
import { ADMIN_CONTROLLERS, DEFAULT_CONTROLLERS } from './admin-place.js';
import { Benchmark } from './benchmark.js';
import { CacheOverviews } from './cache-overview.js';
import { PluginActions } from './plugin-actions.js';
import { ProblemFilter } from './problem.filter.js';
import { UnreadBodies } from './unread-bodies.js';
import { Warming } from './warming.js';

/** What administration, dashboard and health are made of. */
export const ADMIN_PROVIDERS: Provider[] = [
  // An object for each module, by which it finds itself.
  { provide: ADMIN_CONTROLLERS, useFactory: () => ({ ...DEFAULT_CONTROLLERS }) },
  CacheHealthService,
  CacheHealthIndicator,
  CacheOverviews,
  AdminAnnouncer,
  PluginActions,
  Warming,
  Benchmark,
  DashboardStates,
  ProblemFilter,
  UnreadBodies,
  AdminMount,
];
