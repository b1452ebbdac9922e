import { assertOptionNames, CacheError } from '@vitalcache/core';

import type { HealthcarePluginOptions } from './healthcare-plugin.options.js';
import { PLUGIN_OPTIONS, type OptionShape } from './option.rules.js';

/**
 * Refuses what would be passed over in silence, at whatever depth: with `authorise` everybody would be let in, and with
 * `legalHold: {}` nobody could place a hold.
 * @throws CacheError `CONFIG_INVALID` naming the option and what it takes
 */
export function checkPluginOptions(options: HealthcarePluginOptions): void {
  check(options, PLUGIN_OPTIONS, '');
}

/** @param path of the options, with a dot at its end; empty at the top */
function check(options: object, shape: OptionShape, path: string): void {
  const of = path === '' ? '' : `${path.slice(0, -1)} of `;
  assertOptionNames(`${of}healthcarePlugin`, options, shape);
  for (const [name, { accepts, isRight, isNeeded, members }] of Object.entries(shape)) {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined && !isNeeded) continue;
    if (!isRight(value)) {
      refuse(`${path}${name} of healthcarePlugin must be ${accepts}; got ${kindOf(value)}.`);
    }
    if (members) check(value as object, members, `${path}${name}.`);
  }
}

/** Never what it holds: a keyring may stand where another option belongs. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

function refuse(message: string): never {
  throw new CacheError('CONFIG_INVALID', message);
}
