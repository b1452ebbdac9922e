import type { CanActivate, Type } from '@nestjs/common';
import {
  assertOptionNames,
  CacheError,
  type EnvironmentReader,
  type OptionNames,
} from '@vitalcache/core';

import { readAdminAccess, type AdminAccess } from './admin.access.js';
import type { CacheAdminOptions } from './cache-admin.options.js';

/** What the administration was told, complete. */
export interface AdminSetup {
  /** False: not even the health of the cache is to be asked over HTTP. */
  readonly isWanted: boolean;
  /** Whether there is a guard or a token; without one only health is to be asked. */
  readonly isProtected: boolean;
  readonly access: AdminAccess;
  readonly guard: Type<CanActivate> | null;
  readonly callsPerMinute: number;
  readonly changesPerMinute: number;
}

/** The compiler sees to it that the names are complete. */
const NAMES: OptionNames<CacheAdminOptions> = {
  path: true,
  version: true,
  guard: true,
  token: true,
  readToken: true,
  callsPerMinute: true,
  changesPerMinute: true,
};

/** @throws CacheError `CONFIG_INVALID`; what is wrong with the variables is noted in the reader */
export function createAdminSetup(
  reader: EnvironmentReader,
  given: CacheAdminOptions | false | undefined,
): AdminSetup {
  const options = given === false ? {} : (given ?? {});
  assertOptionNames('admin', options, NAMES);
  const { guard = null } = options;
  if (guard !== null && typeof guard !== 'function') {
    refuse('admin.guard must be a class with canActivate().');
  }
  const access = readAdminAccess(reader, options);
  return {
    isWanted: given !== false,
    isProtected: given !== false && (guard !== null || access.hasTokens),
    access,
    guard,
    callsPerMinute: rate('callsPerMinute', options.callsPerMinute ?? 300),
    changesPerMinute: rate('changesPerMinute', options.changesPerMinute ?? 30),
  };
}

function rate(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 100_000) return value;
  return refuse(`admin.${name} is ${String(value)}; accepted: a whole number from 1 to 100000.`);
}

function refuse(message: string): never {
  throw new CacheError('CONFIG_INVALID', message);
}
