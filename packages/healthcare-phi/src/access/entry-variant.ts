import { createHash } from 'node:crypto';

import { VARIANT_SEPARATOR } from '@vitalcache/core';

/** What tells entries of one key apart, beside the variant that the caller gave. */
export interface VariantTerms {
  readonly tenant: string;
  readonly scope: string;
  /** Everything else that the seal is bound to: entries that can't be opened for each other never meet. */
  readonly rest: readonly string[];
}

/** Longer ones stand as their hash, behind the tenant. */
const MAX_LENGTH = 256;
/** What separates fields, what escapes, and controls. */
// eslint-disable-next-line no-control-regex
const SPECIAL = /[&%\u0000-\u001f\u007f]/g;

/**
 * The key of an entry as it is kept apart from those for others; covered through its base key like every variant.
 * @param key with the variant that the caller gave, if there is one
 */
export function keptApart(key: string, { tenant, scope, rest }: VariantTerms): string {
  const end = key.indexOf(VARIANT_SEPARATOR);
  const base = end < 0 ? key : key.slice(0, end);
  const own = end < 0 ? '' : key.slice(end + 1);
  const fields = [scope, ...rest, own].map(escaped).join('&');
  const bounded =
    fields.length <= MAX_LENGTH ? fields : createHash('sha256').update(fields).digest('base64url');
  return `${base}${VARIANT_SEPARATOR}${escaped(tenant)}&${bounded}`;
}

/** The key of the entry of the same terms without a scope; `null` where that can't be told. */
export function withoutScope(key: string, scope: string): string | null {
  const start = key.indexOf('&', key.indexOf(VARIANT_SEPARATOR)) + 1;
  const own = `${escaped(scope)}&`;
  return key.startsWith(own, start)
    ? key.slice(0, start) + key.slice(start + own.length - 1)
    : null;
}

/** The tenant of a key that {@link keptApart} made; `null` for any other. */
export function tenantOfKey(key: string): string | null {
  const start = key.indexOf(VARIANT_SEPARATOR);
  const end = start < 0 ? -1 : key.indexOf('&', start);
  if (end < 0) return null;
  return key
    .slice(start + 1, end)
    .replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function escaped(text: string): string {
  return text.replace(
    SPECIAL,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
