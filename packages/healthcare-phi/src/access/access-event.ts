import { isCacheError, VARIANT_SEPARATOR, type OperationResult } from '@vitalcache/core';

import type { AuditEvent } from '../audit/audit-event.js';
import type { AccessContext } from './access-context.js';
import type { Refusal } from './authorizer.js';
import type { ProtectedAct } from './protected-act.js';

type Part = Pick<OperationResult, 'outcome' | 'tier' | 'ageMs'>;
/**
 * An event that is still being written. Members are set one by one: this is done for every hit, and spreading what may
 * be absent costs several times as much.
 */
export type OpenEvent = { -readonly [K in keyof AuditEvent]: AuditEvent[K] };

/** Who did it and to what. @param keyRef as {@link keyRefOf} gives it */
export function eventOf(
  { event, code, subject, template, level, labels, isEmergency }: ProtectedAct,
  context: AccessContext,
  keyRef: string | null,
): OpenEvent {
  const { tenant, actor, roles, onBehalfOf, purpose, grantId, requestId, address } = context;
  const clinicId = subject.clinicId ?? context.clinicId;
  const open: OpenEvent = {
    event,
    action: code,
    outcome: 0,
    actor,
    roles,
    tenant,
    template,
    level,
    isEmergency,
  };
  if (onBehalfOf !== undefined) open.onBehalfOf = onBehalfOf;
  if (clinicId !== undefined) open.clinicId = clinicId;
  if (subject.patientId !== undefined) open.patientId = subject.patientId;
  if (labels.length > 0) open.labels = labels;
  if (purpose !== undefined) open.purpose = purpose;
  if (grantId !== undefined) open.grantId = grantId;
  if (keyRef !== null) open.keyRef = keyRef;
  if (requestId !== undefined) open.requestId = requestId;
  if (address !== undefined) open.address = address;
  return open;
}

/**
 * What stands for the key of an act, if it has one: one entry has one, for whomever it is kept.
 * @param keyRef gives what says nothing of a key
 */
export function keyRefOf({ key }: ProtectedAct, keyRef: (key: string) => string): string | null {
  if (key === null) return null;
  const end = key.indexOf(VARIANT_SEPARATOR);
  return keyRef(end < 0 ? key : key.slice(0, end));
}

/** What went well, or as far as it went. */
export function done(
  event: OpenEvent,
  { indices, isLook }: ProtectedAct,
  { items, outcome, tier, ageMs }: OperationResult,
): AuditEvent {
  if (isLook && tier === null) {
    event.detail = { found: false };
    return event;
  }
  const isRead = event.event === 'read';
  if (isRead && !items && indices.length <= 1 && outcome !== 'queued') {
    event.source = tier ?? 'origin';
    event.isStale = outcome === 'stale';
    if (tier !== null) event.ageMs = ageMs ?? 0;
    return event;
  }
  const own = isRead && items ? indices.flatMap((index) => items[index] ?? []) : [];
  const parts: readonly Part[] = own.length > 0 ? own : [{ outcome, tier, ageMs: ageMs ?? 0 }];
  if (outcome === 'queued') event.outcome = 4;
  if (isRead) {
    event.source = sourceOf(parts);
    event.isStale = parts.some((part) => part.outcome === 'stale');
    if (event.source !== 'origin') event.ageMs = Math.max(...parts.map((part) => part.ageMs ?? 0));
  }
  if (indices.length > 1 || outcome === 'queued') {
    event.detail = {
      ...(indices.length > 1 && { keys: indices.length }),
      ...(indices.length > 1 &&
        isRead && { hits: parts.filter((part) => part.tier !== null).length }),
      ...(outcome === 'queued' && { recorded: false }),
    };
  }
  return event;
}

/** @param refusal `batch-refused`: they might have, and others of the same call might not */
export function denied(event: OpenEvent, refusal: Refusal | 'batch-refused'): AuditEvent {
  event.event = 'authz-deny';
  event.outcome = 4;
  event.detail = { reason: refusal };
  return event;
}

/** Says of an error its code alone: a message may hold anything. */
export function failed(event: OpenEvent, error: unknown): AuditEvent {
  event.outcome = 8;
  event.detail = { code: isCacheError(error) ? error.code : 'LOADER' };
  return event;
}

/** From where the farthest of them came. */
function sourceOf(parts: readonly Part[]): 'l1' | 'l2' | 'origin' {
  if (parts.some(({ tier }) => tier === null)) return 'origin';
  return parts.some(({ tier }) => tier === 'l2') ? 'l2' : 'l1';
}
