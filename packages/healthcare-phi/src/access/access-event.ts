import { isCacheError, VARIANT_SEPARATOR, type OperationResult } from '@vitalcache/core';

import type { AuditEvent } from '../audit/audit-event.js';
import type { AccessContext } from './access-context.js';
import type { Refusal } from './authorizer.js';
import type { ProtectedAct } from './protected-act.js';

type Part = Pick<OperationResult, 'outcome' | 'tier' | 'ageMs'>;
type Common = Omit<AuditEvent, 'event' | 'outcome'>;

/** Who did it and to what; `keyRef` stands for a key and says nothing of it. */
export function commonOf(
  { code, subject, template, level, labels, isEmergency, key }: ProtectedAct,
  context: AccessContext,
  keyRef: (key: string) => string,
): Common {
  const { tenant, actor, roles, onBehalfOf, purpose, grantId, requestId, address } = context;
  const clinicId = subject.clinicId ?? context.clinicId;
  return {
    action: code,
    actor,
    roles,
    tenant,
    template,
    level,
    isEmergency,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(clinicId !== undefined && { clinicId }),
    ...(subject.patientId !== undefined && { patientId: subject.patientId }),
    ...(labels.length > 0 && { labels }),
    ...(purpose !== undefined && { purpose }),
    ...(grantId !== undefined && { grantId }),
    ...(key !== null && { keyRef: keyRef(baseKeyOf(key)) }),
    ...(requestId !== undefined && { requestId }),
    ...(address !== undefined && { address }),
  };
}

/** One entry has one pseudonym, for whomever it is kept. */
function baseKeyOf(key: string): string {
  return key.split(VARIANT_SEPARATOR, 1)[0] as string;
}

/** What went well, or as far as it went. */
export function doneEvent(act: ProtectedAct, common: Common, result: OperationResult): AuditEvent {
  const { items, outcome } = result;
  const own = items && act.indices.flatMap((index) => items[index] ?? []);
  const parts: readonly Part[] = own && own.length > 0 ? own : [result];
  const isRecorded = outcome !== 'queued';
  const event = { ...common, event: act.event, outcome: isRecorded ? 0 : 4 } as const;
  const detail: Record<string, number | boolean> = {};
  if (act.indices.length > 1) detail['keys'] = act.indices.length;
  if (!isRecorded) detail['recorded'] = false;
  if (act.event !== 'read') return { ...event, ...detailOf(detail) };
  if (act.indices.length > 1) detail['hits'] = parts.filter(({ tier }) => tier !== null).length;
  const source = sourceOf(worstOf(parts));
  return {
    ...event,
    source,
    isStale: parts.some((part) => part.outcome === 'stale'),
    ...(source !== 'origin' && { ageMs: Math.max(...parts.map(({ ageMs }) => ageMs ?? 0)) }),
    ...detailOf(detail),
  };
}

export function deniedEvent(common: Common, refusal: Refusal): AuditEvent {
  return { ...common, event: 'authz-deny', outcome: 4, detail: { reason: refusal } };
}

/** Says of an error its code alone: a message may hold anything. */
export function failedEvent(act: ProtectedAct, common: Common, error: unknown): AuditEvent {
  const code = isCacheError(error) ? error.code : 'LOADER';
  return { ...common, event: act.event, outcome: 8, detail: { code } };
}

function sourceOf({ tier }: Part): 'l1' | 'l2' | 'origin' {
  return tier ?? 'origin';
}

/** From where the farthest of them came. */
function worstOf(parts: readonly Part[]): Part {
  const order = ['origin', 'l2', 'l1'];
  const [first] = [...parts].sort(
    (a, b) => order.indexOf(sourceOf(a)) - order.indexOf(sourceOf(b)),
  );
  return first as Part;
}

function detailOf(
  detail: Readonly<Record<string, string | number | boolean>>,
): Pick<AuditEvent, 'detail'> {
  return Object.keys(detail).length > 0 ? { detail } : {};
}
