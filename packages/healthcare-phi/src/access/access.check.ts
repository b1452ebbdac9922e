import { CacheError, type CacheErrorCode } from '@vitalcache/core';

import type { AccessContext, PurposeOfUse } from './access-context.js';

const MAX_ID_BYTES = 256;
const MAX_ROLES = 64;
/** C0 and C1 controls, and the marks that turn the direction of text, which make one id look like another. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** In Unicode mode only surrogates without a partner match. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** The compiler sees to it that the names are complete. */
export const PURPOSES: Readonly<Record<PurposeOfUse, true>> = {
  TREAT: true,
  ETREAT: true,
  BTG: true,
  HPAYMT: true,
  HOPERAT: true,
  PATRQT: true,
  HRESCH: true,
  SYSADMIN: true,
};

const OPTIONAL = ['clinicId', 'onBehalfOf', 'requestId', 'address', 'grantId'] as const;

/**
 * The context, checked, in NFC and frozen.
 * @throws CacheError `ACCESS_MISSING` naming the member; what it holds is never repeated
 */
export function checkAccess(context: AccessContext): AccessContext {
  if (typeof context !== 'object' || (context as unknown) === null) {
    refuse('The access context must be an object with tenant, actor and roles.');
  }
  const { roles, purpose } = context;
  if (!Array.isArray(roles) || roles.length > MAX_ROLES) {
    refuse(`The access context needs roles, a list of up to ${MAX_ROLES} names; it may be empty.`);
  }
  if (purpose !== undefined && !Object.hasOwn(PURPOSES, purpose)) {
    refuse(
      `The access context has no known purpose; accepted: ${Object.keys(PURPOSES).join(', ')}.`,
    );
  }
  const optional = OPTIONAL.flatMap((name) => {
    const id: unknown = context[name];
    return id === undefined ? [] : [[name, checkId(name, id)]];
  });
  return Object.freeze({
    tenant: checkId('tenant', context.tenant),
    actor: checkId('actor', context.actor),
    roles: Object.freeze((roles as readonly unknown[]).map((role) => checkId('A role', role))),
    ...(purpose !== undefined && { purpose }),
    ...(Object.fromEntries(optional) as Partial<AccessContext>),
  });
}

/**
 * An id in NFC: a string of 1 to 256 bytes without control characters. `7` is no id, and neither is an id with spaces at
 * its ends, which looks like another.
 * @param of what it is part of, for the message
 * @throws CacheError of the code
 */
export function checkId(
  name: string,
  id: unknown,
  of = 'the access context',
  code: CacheErrorCode = 'ACCESS_MISSING',
): string {
  const wrong = (what: string): never => {
    throw new CacheError(code, `${name} of ${of} ${what}.`);
  };
  if (typeof id !== 'string') {
    return wrong(`is ${id === null ? 'null' : typeof id}; accepted: a string`);
  }
  const text = id.normalize('NFC');
  const bytes = Buffer.byteLength(text);
  if (bytes === 0 || bytes > MAX_ID_BYTES) {
    wrong(`has ${bytes} bytes; accepted: 1 to ${MAX_ID_BYTES}`);
  }
  if (CONTROL.test(text) || LONE_SURROGATE.test(text) || text.trim() !== text) {
    wrong('holds control characters, broken Unicode or spaces at an end');
  }
  return text;
}

function refuse(message: string): never {
  throw new CacheError('ACCESS_MISSING', message);
}
