import { describeFleet } from './describe-fleet.js';
import { calmPlans } from './fleet-plans.js';

describeFleet(
  'with nothing that justifies a second load',
  calmPlans,
  { share: 0.15, first: 2000 },
  'loads one key at one time in one place only',
);
