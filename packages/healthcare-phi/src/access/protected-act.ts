import {
  isHealthInformation,
  type CacheOperation,
  type ComplianceLevel,
  type ResolvedCacheOptions,
} from '@vitalcache/core';

import type { AuditEvent } from '../audit/audit-event.js';
import { labelsOf } from '../policy/sensitivity.labels.js';
import { subjectByConvention, type EntrySubject } from '../subjects/key-convention.js';
import type { ISubjects } from '../subjects/known-subjects.js';
import { PHI_TAG, subjectOfTags } from '../subjects/subject-tags.js';
import type { AccessContext } from './access-context.js';
import type { AccessRequest } from './authorizer.js';
import { whomOf } from './whom.js';

/** What an operation does to the data of one person: what is asked about, and recorded, as one. */
export interface ProtectedAct {
  readonly action: AccessRequest['action'];
  readonly event: Extract<AuditEvent['event'], 'read' | 'write' | 'invalidate' | 'clear'>;
  readonly code: AuditEvent['action'];
  readonly subject: EntrySubject;
  readonly template: string;
  readonly level: ComplianceLevel;
  readonly labels: readonly string[];
  readonly isEmergency: boolean;
  /** It never loads: what it does not find comes from nowhere. */
  readonly isLook?: true;
  /** Which of the operation's keys; empty where it has none. */
  readonly indices: readonly number[];
  readonly key: string | null;
}

/** What is known of an act beside whose it is. */
export interface EntryActTerms {
  /** Which of the operation's keys. Default: the first. */
  readonly index?: number;
  readonly subjects?: ISubjects | undefined;
}

const NOBODY: EntrySubject = { topics: [] };
/** `patient:7`, `patient:7@clinic:3`, `patient:7@*`, `bookings@patient:7@*`, `bookings@clinic:3@*all`. */
const ROLE_TAG =
  /^(?:\w+@)?(patient|doctor|clinic|appointment):(.+?)(?:@\*(?:all|own)?|@clinic:.+)?$/su;
const WILDCARD = /[*?[\\]/;

/**
 * Whether an operation is on protected data: of entries their options say so, of invalidations what they name.
 * `maybe`: a pattern that may cover anything.
 */
export function isOnProtectedData(operation: CacheOperation): boolean | 'maybe' {
  const { kind, options, each, key, keys, tags, pattern } = operation;
  switch (kind) {
    case 'read':
    case 'set':
    case 'update':
      return options ? isHealthInformation(options) : (each ?? []).some(isHealthInformation);
    case 'clear':
      return true;
    case 'del':
    case 'invalidate':
      if (pattern !== null && WILDCARD.test(pattern[0] as string)) return 'maybe';
      return (
        [key, pattern, ...keys].some((text) => text !== null && isOfSomebody(text)) ||
        tags.some(isPhiTag)
      );
    case 'get': // without options it never sees protected entries
    case 'admin':
      return options !== null && isHealthInformation(options);
    case 'configure':
      return false;
  }
}

/**
 * The acts of an operation on protected data: one for each person whom it concerns.
 * @throws CacheError `OPTION_INVALID` where an option needs somebody and nobody is named
 */
export function actsOf(
  operation: CacheOperation,
  context: AccessContext,
  subjects?: ISubjects,
): readonly ProtectedAct[] {
  const { kind, key, keys, options, each, pattern, tags, template } = operation;
  if (key !== null && options && (kind === 'get' || kind === 'admin')) {
    return [{ ...entryAct('read', key, options, context, { subjects }), isLook: true }];
  }
  if (kind === 'read' || kind === 'set' || kind === 'update') {
    if (key !== null) {
      const own = options ?? each?.[0];
      return own && isHealthInformation(own)
        ? [entryAct(kind, key, own, context, { subjects })]
        : [];
    }
    const acts = keys.flatMap((one, index) => {
      const own = options ?? each?.[index];
      return own && isHealthInformation(own)
        ? [entryAct(kind, one, own, context, { index, subjects })]
        : [];
    });
    return byPerson(acts);
  }
  const act = (subject: EntrySubject, more: Partial<ProtectedAct> = {}): ProtectedAct => ({
    action: 'invalidate',
    event: kind === 'clear' ? 'clear' : 'invalidate',
    code: 'D',
    subject,
    template,
    level: 'standard',
    labels: [],
    isEmergency: false,
    indices: [],
    key: null,
    ...more,
  });
  if (key !== null) return [act(subjectByConvention(key), { key })];
  if (pattern !== null) return [act(named(subjectByConvention(pattern)))];
  if (tags.length > 0) return subjectsOfTags(tags).map((subject) => act(subject));
  if (keys.length === 0) return [act(NOBODY)];
  const acts = keys.flatMap((one, index) =>
    isOfSomebody(one) ? [act(subjectByConvention(one), { indices: [index], key: one })] : [],
  );
  return byPerson(acts);
}

/** What is done to one entry. @throws CacheError `OPTION_INVALID` */
export function entryAct(
  kind: 'read' | 'set' | 'update',
  key: string,
  options: ResolvedCacheOptions,
  context: AccessContext,
  { index = 0, subjects }: EntryActTerms = {},
): ProtectedAct {
  const isRead = kind === 'read';
  return {
    action: isRead ? 'read' : 'write',
    event: isRead ? 'read' : 'write',
    code: isRead ? 'R' : kind === 'set' ? 'C' : 'U',
    subject: whomOf(key, options, context, subjects).subject,
    template: options.template,
    level: options.complianceLevel,
    labels: labelsOf(options),
    isEmergency: options.emergencyData,
    indices: [index],
    key,
  };
}

/** One of each person, appointment, kind of data and place: what a batch does to several is several accesses. */
function byPerson(acts: readonly ProtectedAct[]): readonly ProtectedAct[] {
  const merged = new Map<string, ProtectedAct>();
  for (const act of acts) {
    const { patientId, doctorId, clinicId, appointmentId } = act.subject;
    const person = [patientId, doctorId, clinicId, appointmentId, act.template, act.level];
    const id = JSON.stringify([...person, act.isEmergency, act.labels]);
    const known = merged.get(id);
    // A key that is one of several stands for none of them.
    merged.set(
      id,
      known ? { ...known, indices: [...known.indices, ...act.indices], key: null } : act,
    );
  }
  return [...merged.values()];
}

function isOfSomebody(text: string): boolean {
  const { topics: _topics, ...ids } = subjectByConvention(text);
  return Object.keys(ids).length > 0;
}

function isPhiTag(tag: string): boolean {
  const isAll = tag === PHI_TAG || tag.startsWith(`${PHI_TAG}@`);
  return isAll || ROLE_TAG.test(tag);
}

/** Whom tags name, so that each id is named; that at which clinic, or of what topic, is part of a tag is left aside. */
function subjectsOfTags(tags: readonly string[]): readonly EntrySubject[] {
  const byRole = new Map<string, Set<string>>();
  for (const tag of tags) {
    const [, role, id] = ROLE_TAG.exec(tag) ?? [];
    if (role === undefined || id === undefined) continue;
    byRole.set(role, (byRole.get(role) ?? new Set()).add(`${role}:${id}`));
  }
  const roles = [...byRole.values()].map((named) => [...named]);
  const count = Math.max(1, ...roles.map(({ length }) => length));
  // Of a role with fewer the first stands beside each of the others.
  const nth = (index: number) => roles.map((named) => named[index] ?? (named[0] as string));
  return Array.from({ length: count }, (_, index) => ({
    ...subjectOfTags(nth(index)),
    topics: [],
  }));
}

/** Without what stands for several. */
function named(subject: EntrySubject): EntrySubject {
  const { topics, ...ids } = subject;
  const certain = Object.entries(ids as Record<string, string>).filter(
    ([, id]) => !WILDCARD.test(id),
  );
  return { ...Object.fromEntries(certain), topics };
}
