import type * as healthcare from '@vitalcache/healthcare-phi';

import { loadInstalled } from './installed.js';

/** What `@vitalcache/healthcare-phi` exports. */
export type Healthcare = typeof healthcare;

/** @throws CliError with the npm command if it is not installed */
export function loadHealthcare(folder: string, why: string): Promise<Healthcare> {
  return loadInstalled<Healthcare>('@vitalcache/healthcare-phi', folder, why);
}
