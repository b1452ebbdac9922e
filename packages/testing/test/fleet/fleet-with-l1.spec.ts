import { describeFleet } from './describe-fleet.js';
import { stormyPlans } from './fleet-plans.js';

describeFleet(
  'with L1',
  stormyPlans({ hasL1: true }),
  { share: 0.45, first: 0 },
  'serves nothing stale, keeps no one waiting, loses no invalidation, leaves nothing behind',
);
