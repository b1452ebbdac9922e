import { createHash } from 'node:crypto';

import type { AuditEvent } from './audit-event.js';

/** Of an id, a role, a label. */
const MAX_ID_LENGTH = 256;
/** Of a text that a person wrote, such as a reason. */
const MAX_TEXT_LENGTH = 1_024;
const MAX_MEMBERS = 32;

/** At most `max` characters. What is longer ends with a mark and part of its hash, so that two don't become one. */
export function bounded(text: string, max = MAX_ID_LENGTH): string {
  const whole = String(text);
  if (whole.length <= max) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 16);
  return `${whole.slice(0, max - 18)}…~${hash}`;
}

/** {@link bounded}, of what may be absent. */
export function boundedIf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : bounded(text);
}

/** At most 32 texts; the last then says how many were left out. Absent when there are none. */
export function boundedList(texts: readonly string[] | undefined): readonly string[] | undefined {
  if (!texts || texts.length === 0) return undefined;
  if (texts.length <= MAX_MEMBERS) return texts.map((text) => bounded(text));
  const kept = texts.slice(0, MAX_MEMBERS - 1).map((text) => bounded(text));
  return [...kept, `…${texts.length - kept.length} more`];
}

/** The members of a detail that are texts, numbers or booleans, in order; anything else is named, never written. */
export function boundedDetail(detail: AuditEvent['detail']): AuditEvent['detail'] {
  if (!detail) return undefined;
  const entries = Object.entries(detail).slice(0, MAX_MEMBERS);
  if (entries.length === 0) return undefined;
  const named = entries.map(([name, value]) => [nameOf(name), plain(value)] as const);
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Never a number by its looks, whose place among the members would not be that of its letters. */
function nameOf(name: string): string {
  const bare = name.replace(/[^\w.-]/g, '_').slice(0, 64);
  return /^[A-Za-z]/.test(bare) ? bare : `x${bare}`;
}

function plain(value: unknown): string | number | boolean {
  if (typeof value === 'string') return bounded(value, MAX_TEXT_LENGTH);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return `[${typeof value}]`;
}
