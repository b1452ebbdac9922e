import { PayloadTooLargeException, UnsupportedMediaTypeException } from '@nestjs/common';
import { CacheError, RUNTIME_SETTINGS, type SettingsChange } from '@vitalcache/core';

import { headerOf, type AdminRequest } from './admin-request.js';

type Members = Readonly<Record<string, unknown>>;

const MAX_BODY_BYTES = 16_384;
const MAX_REASON = 256;
const MAX_ID = 256;

/** Variables that need a restart; their data would otherwise be stored in clear, unaudited, or in the wrong place. */
export const FIXED_SWITCHES: ReadonlyMap<string, string> = new Map([
  ['encryption', 'CACHE_ENCRYPTION_ENABLED'],
  ['auditLogging', 'CACHE_AUDIT_LOGGING_ENABLED'],
  ['sharding', 'CACHE_SHARDING_ENABLED'],
  ['replication', 'CACHE_REPLICATION_ENABLED'],
]);

/** What may be changed, also by the names of their variables. */
const BY_VARIABLE = new Map(
  Object.entries(RUNTIME_SETTINGS).map(([name, { variable }]) => [variable, name]),
);

/** The names of settings that stay as they were at start. */
export const FIXED_SETTINGS: readonly string[] = [...FIXED_SWITCHES.values()];

/**
 * The body as an object; empty without one.
 * @throws CacheError `OPTION_INVALID`, PayloadTooLargeException, UnsupportedMediaTypeException
 */
export function bodyOf(request: AdminRequest): Members {
  const { body = {} } = request;
  assertSize(request, body);
  assertMediaType(request);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Members;
  return refuse('The body must be a JSON object.');
}

function assertSize(request: AdminRequest, body: unknown): void {
  const said = Number(headerOf(request, 'content-length') ?? 0);
  const isLarge = said > MAX_BODY_BYTES || (said === 0 && sizeOf(body) > MAX_BODY_BYTES);
  if (isLarge) {
    throw new PayloadTooLargeException(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
  }
}

/** A server may leave out what it has no parser for: the call would mean something else without its body. */
function assertMediaType(request: AdminRequest): void {
  const isSent =
    headerOf(request, 'transfer-encoding') !== undefined ||
    Number(headerOf(request, 'content-length') ?? 0) > 0;
  if (!isSent) return;
  const isJson = /^application\/json *(;|$)/i.test(headerOf(request, 'content-type') ?? '');
  if (isJson && request.body !== undefined) return;
  throw new UnsupportedMediaTypeException('Send the body as Content-Type: application/json.');
}

function sizeOf(body: unknown): number {
  return Buffer.byteLength(JSON.stringify(body) ?? '');
}

/** The reason that was given with `X-Audit-Reason`; `null` without one. @throws CacheError `OPTION_INVALID` */
export function reasonOf(request: AdminRequest): string | null {
  const given = headerOf(request, 'x-audit-reason')?.trim() ?? '';
  if (given === '') return null;
  // eslint-disable-next-line no-control-regex
  if (given.length <= MAX_REASON && !/[\u0000-\u001f\u007f]/.test(given)) return given;
  return refuse(`X-Audit-Reason takes up to ${MAX_REASON} characters, none of them a control.`);
}

/** @throws CacheError `OPTION_INVALID` naming what is not known */
export function assertMembers(where: string, given: Members, accepted: readonly string[]): void {
  const unknown = Object.keys(given).filter((name) => !accepted.includes(name));
  if (unknown.length === 0) return;
  const names = unknown.map((name) => JSON.stringify(name.slice(0, 40))).slice(0, 10);
  refuse(`${where} has no ${names.join(', ')}; accepted: ${accepted.join(', ') || 'nothing'}.`);
}

/** @throws CacheError `OPTION_INVALID` for anything that covers what nobody named */
export function patternOf(query: Members): string {
  assertMembers('The query', query, ['pattern']);
  const { pattern } = query;
  if (typeof pattern !== 'string' || pattern === '') {
    return refuse('Say what to clear, once: DELETE /cache?pattern=users:*');
  }
  const literal = pattern.replace(/\[[^\]]*\]?/g, '').replace(/[*?]/g, '');
  if (/[\p{L}\p{N}]/u.test(literal)) return pattern;
  return refuse(
    'This pattern would match everything, or nearly: it must hold a letter or a digit outside of wildcards, as users:* does.',
  );
}

/** @throws CacheError `OPTION_INVALID` */
export function clinicOf(body: Members): string | undefined {
  assertMembers('The body', body, ['clinicId']);
  const { clinicId } = body;
  if (clinicId === undefined) return undefined;
  if (typeof clinicId === 'string' && clinicId !== '' && clinicId.length <= MAX_ID) return clinicId;
  return refuse(`clinicId must be a string of 1 to ${MAX_ID} characters.`);
}

/** A whole number of the query. @throws CacheError `OPTION_INVALID` */
export function numberOf(query: Members, name: string, min: number, max: number, absent: number) {
  const text = query[name];
  if (text === undefined) return absent;
  const value = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  return refuse(`${name} must be a whole number from ${min} to ${max}.`);
}

/**
 * `{ defaultTtl: 600, CACHE_ADAPTIVE_ENABLED: false, templates: {…} }`; `null` takes a change back.
 * @throws CacheError `OPTION_INVALID` naming what can't be changed
 */
export function settingsChangeOf(body: Members): SettingsChange {
  const { templates, values: nested = {}, ...flat } = body;
  if (!isMembers(nested)) refuse('values must be an object.');
  if (templates !== undefined && !isMembers(templates)) refuse('templates must be an object.');
  const values = Object.entries({ ...nested, ...flat }).map(([given, value]) => {
    const name = BY_VARIABLE.get(given) ?? given;
    const variable = FIXED_SWITCHES.get(name) ?? FIXED_SETTINGS.find((fixed) => fixed === given);
    if (variable === undefined) return [name, value] as const;
    return refuse(
      `${variable} can't be changed while the process runs; set it in the environment and start anew.`,
    );
  });
  if (values.length === 0 && templates === undefined) {
    refuse('Nothing to change: send settings by name, such as {"defaultTtl": 600}.');
  }
  const names = new Set(values.map(([name]) => name));
  if (names.size < values.length) refuse('A setting is given twice, also by its variable.');
  return {
    values: Object.fromEntries(values),
    ...(templates !== undefined && { templates: templates as SettingsChange['templates'] }),
  };
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(message: string): never {
  throw new CacheError('OPTION_INVALID', message);
}
