import { describeFleet } from './describe-fleet.js';
import { stormyPlans } from './fleet-plans.js';

describeFleet(
  'without L1',
  stormyPlans({ hasL1: false }),
  { share: 0.4, first: 1000 },
  'serves nothing stale, keeps no one waiting, loses no invalidation, leaves nothing behind',
);
