import { CacheError } from '@vitalcache/core';

import type { HealthcarePluginOptions } from './healthcare-plugin.options.js';

/** The compiler sees to it that the names are complete. */
const OPTIONS: Readonly<Record<keyof HealthcarePluginOptions, true>> = {
  keyring: true,
  keyProvider: true,
  keyStore: true,
  subjectKeys: true,
  audit: true,
  levels: true,
  policy: true,
  authorize: true,
  resolveAccess: true,
  ttl: true,
  emergency: true,
  breakGlass: true,
  legalHold: true,
  receiptsDirectory: true,
  swr: true,
  encryption: true,
  auditLogging: true,
  allowPlaintextConnection: true,
  reportsUndeclared: true,
  logger: true,
  clock: true,
};
const SUBJECT_KEYS: readonly unknown[] = [undefined, 'derived', 'stored'];

/**
 * Refuses what would be passed over in silence: with `authorise` everybody would be let in.
 * @throws CacheError `CONFIG_INVALID`
 */
export function checkPluginOptions(options: HealthcarePluginOptions): void {
  if (typeof options !== 'object' || (options as unknown) === null) {
    refuse('healthcarePlugin takes an object of options.');
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) {
    refuse(
      `${unknown} is no option of healthcarePlugin; accepted: ${Object.keys(OPTIONS).join(', ')}.`,
    );
  }
  for (const name of ['authorize', 'resolveAccess'] as const) {
    const hook: unknown = options[name];
    if (hook === undefined || typeof hook === 'function') continue;
    refuse(`${name} of healthcarePlugin must be a function; got ${typeof hook}.`);
  }
  for (const name of ['encryption', 'auditLogging', 'allowPlaintextConnection'] as const) {
    const flag: unknown = options[name];
    if (flag === undefined || typeof flag === 'boolean') continue;
    refuse(`${name} of healthcarePlugin must be true or false; got ${typeof flag}.`);
  }
  if (!SUBJECT_KEYS.includes(options.subjectKeys)) {
    refuse("subjectKeys of healthcarePlugin must be 'derived' or 'stored'.");
  }
}

function refuse(message: string): never {
  throw new CacheError('CONFIG_INVALID', message);
}
