import type { ComplianceLevel } from '@vitalcache/core';

import type { PurposeOfUse } from '../access/access-context.js';
import type { AuditEvent, AuditEventType, AuditOutcome } from './audit-event.js';
import { bounded, boundedDetail, boundedIf, boundedList } from './bounded-text.js';

/** Version of the shape of a record. */
export const AUDIT_SCHEMA = 1;

/** Where a chain stood: its last record and that record's hash. */
export interface AuditHead {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  /** UTC, ISO 8601. */
  readonly time: string;
}

/** One access or act as it is kept: an {@link AuditEvent} with its place in a chain. Never holds a value. */
export interface AuditRecord {
  readonly v: number;
  /** Random for every start of a process. */
  readonly chain: string;
  /** Counts up from 1 within the chain; a number that is missing is a record that could not be written. */
  readonly seq: number;
  /** UTC, ISO 8601, in milliseconds. */
  readonly time: string;
  /** Microseconds since the record before, by a clock that nobody sets. */
  readonly deltaUs: number;
  /** Whether the machine's clock was kept by a time server. Absent: not known. */
  readonly isClockSynchronised?: boolean;
  readonly node: string;
  /** Version of this package. */
  readonly library: string;
  readonly event: AuditEventType;
  readonly action: AuditEvent['action'];
  readonly outcome: AuditOutcome;
  readonly actor: string;
  readonly onBehalfOf?: string;
  readonly roles?: readonly string[];
  readonly tenant: string;
  readonly clinic?: string;
  readonly patient?: string;
  readonly template: string;
  readonly level: ComplianceLevel;
  readonly isEmergency?: true;
  readonly labels?: readonly string[];
  readonly purpose?: PurposeOfUse;
  readonly grant?: string;
  readonly source?: 'l1' | 'l2' | 'origin';
  readonly isHit?: boolean;
  readonly isStale?: boolean;
  readonly ageMs?: number;
  readonly keyRef?: string;
  readonly request?: string;
  readonly address?: string;
  /** How many events that were alike in all of this the record stands for. Absent: one. */
  readonly count?: number;
  readonly detail?: AuditEvent['detail'];
  /** In the first record of a chain: where the chain before it on the same node stood, if that could be known. */
  readonly previous?: AuditHead;
}

/** What a record has beyond its event. */
export type RecordPlace = Pick<
  AuditRecord,
  | 'chain'
  | 'seq'
  | 'time'
  | 'deltaUs'
  | 'isClockSynchronised'
  | 'node'
  | 'library'
  | 'count'
  | 'previous'
>;

/** Takes the known members of an event, bounded in length and in their order, and nothing else that may hang on it. */
export function toRecord(event: AuditEvent, place: RecordPlace): AuditRecord {
  const { source } = event;
  return {
    action: event.action,
    actor: bounded(event.actor),
    address: boundedIf(event.address),
    ageMs: event.ageMs,
    chain: place.chain,
    clinic: boundedIf(event.clinicId),
    count: place.count,
    deltaUs: place.deltaUs,
    detail: boundedDetail(event.detail),
    event: event.event,
    grant: boundedIf(event.grantId),
    isClockSynchronised: place.isClockSynchronised,
    isEmergency: event.isEmergency || undefined,
    isHit: source === undefined ? undefined : source !== 'origin',
    isStale: event.isStale,
    keyRef: boundedIf(event.keyRef),
    labels: boundedList(event.labels),
    level: event.level,
    library: place.library,
    node: place.node,
    onBehalfOf: boundedIf(event.onBehalfOf),
    outcome: event.outcome,
    patient: boundedIf(event.patientId),
    previous: place.previous && orderedHead(place.previous),
    purpose: event.purpose,
    request: boundedIf(event.requestId),
    roles: boundedList(event.roles),
    seq: place.seq,
    source,
    template: bounded(event.template),
    tenant: bounded(event.tenant),
    time: place.time,
    v: AUDIT_SCHEMA,
  };
}

function orderedHead({ chain, hash, seq, time }: AuditHead): AuditHead {
  return { chain, hash, seq, time };
}
