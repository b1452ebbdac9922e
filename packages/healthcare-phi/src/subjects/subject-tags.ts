import { createHash } from 'node:crypto';

import { escapeKeyValue, type DataSubject } from '@vitalcache/core';

import { NO_CLINIC } from './entry-subject.js';
import { topicsOf, type EntrySubject, type Topic } from './key-convention.js';
import { plainId } from './plain-id.js';

type Person = 'patient' | 'doctor';
type Role = Person | 'clinic' | 'appointment';

const PERSONS: readonly Person[] = ['patient', 'doctor'];

/** Carried by everything that holds protected health information. */
export const PHI_TAG = 'phi_data';
/** Longest tag, in bytes; what is longer stands as its hash. */
const MAX_TAG_BYTES = 256;
/** Behind an id: of any clinic, or a clinic's as such. No id that a template has escaped holds a `*`. */
const [ANY, ALL, OWN] = ['@*', '@*all', '@*own'];
const ROLE_TAG = /^(patient|doctor|clinic|appointment):(.+)$/su;

/** What decides the tags of an entry beside its subject. */
export interface TagTerms {
  /** Tags that were written by hand, as far as they are known before the load. */
  readonly written: readonly string[];
  readonly tenant: string;
  readonly containsPHI: boolean;
}

/**
 * All tags of an entry. What a person has at a clinic carries a tag for that clinic and one for all clinics, so that each
 * can be made invalid; without a clinic it is `patient:7`, as written by hand.
 */
export function tagsOf(
  subject: EntrySubject,
  { written, tenant, containsPHI }: TagTerms,
): readonly string[] {
  const { clinicId, appointmentId } = subject;
  const tags = new Set(written);
  let where = clinicId;
  for (const person of PERSONS) {
    const id = subject[`${person}Id`];
    if (id === undefined) continue;
    where ??= NO_CLINIC;
    for (const tag of personTags(person, id, clinicId)) tags.add(tag);
  }
  if (appointmentId !== undefined) {
    where ??= NO_CLINIC;
    tags.add(roleTag('appointment', appointmentId));
  }
  if (where !== undefined) tags.add(roleTag('clinic', where));
  const topics = new Set([...subject.topics, ...topicsOf(written)]);
  for (const tag of topicTags({ ...subjectOfTags(written), ...subject }, topics)) tags.add(tag);
  if (containsPHI || tags.has(PHI_TAG)) {
    tags.add(PHI_TAG);
    tags.add(phiTagOf(tenant));
  }
  return [...tags];
}

/** The tags of topics that tags written by hand imply: with what an entry deals, and of whom it is. */
export function topicTagsOf(written: readonly string[]): readonly string[] {
  const topics = topicsOf(written);
  return topics.length === 0 ? [] : topicTags(subjectOfTags(written), new Set(topics));
}

/** Of all protected health information of a tenant. */
export function phiTagOf(tenant: string): string {
  return bounded(`${PHI_TAG}@${tenant}`);
}

/** The tags to make invalid for a person: of one clinic and of what has none, or of all clinics. */
export function coveringPerson(person: Person, id: string, clinicId?: string): readonly string[] {
  const own = spellings(person, id);
  if (clinicId === undefined) return [...own, atClinic(person, id, null)];
  return clinicId === NO_CLINIC ? own : [...own, atClinic(person, id, clinicId)];
}

/** The tags to make invalid for a clinic or an appointment. */
export function coveringRole(role: 'clinic' | 'appointment', id: string): readonly string[] {
  return spellings(role, id);
}

/** The tags of one topic of a person: at one clinic and without one, or everywhere. */
export function coveringTopic(
  topic: Topic,
  person: Person,
  id: string,
  clinicId?: string,
): readonly string[] {
  if (clinicId === undefined) return [topicTag(topic, person, id, null)];
  const own = topicTag(topic, person, id, NO_CLINIC);
  return clinicId === NO_CLINIC ? [own] : [own, topicTag(topic, person, id, clinicId)];
}

/** The tag of one topic at a clinic: of the clinic as such, or also of everybody's there. */
export function coveringTopicAt(topic: Topic, clinicId: string, isOfAll: boolean): string {
  return clinicTopicTag(topic, clinicId, isOfAll);
}

/**
 * The tags that stand for one written by hand: `patient:7` is everything of that patient, whatever the clinic. A raw id that ends
 * as tags of ours do (`7@*`) covers theirs as well: too much, never too little.
 */
export function coveringTag(tag: string): readonly string[] {
  const [, role, id] = ROLE_TAG.exec(tag) ?? [];
  if (role === undefined || id === undefined) return [tag];
  const isPerson = role === 'patient' || role === 'doctor';
  const all = (one: string) =>
    isPerson ? coveringPerson(role, one) : coveringRole(role as 'clinic', one);
  // A template has escaped the id, a hand has not.
  return [...new Set([tag, ...all(id), ...all(plainId(id) ?? id)])];
}

/** Whom tags written by hand name. */
export function subjectOfTags(tags: readonly string[]): DataSubject {
  const ids: Partial<Record<keyof DataSubject, string>> = {};
  for (const tag of tags) {
    const [, role, id] = ROLE_TAG.exec(tag) ?? [];
    if (role !== undefined && id !== undefined) ids[`${role as Role}Id`] ??= plainId(id) ?? id;
  }
  return ids;
}

function personTags(person: Person, id: string, clinicId?: string): readonly string[] {
  if (clinicId === undefined) return [roleTag(person, id)];
  return [atClinic(person, id, clinicId), atClinic(person, id, null)];
}

function topicTags(subject: DataSubject, topics: ReadonlySet<Topic>): readonly string[] {
  const { clinicId, patientId, doctorId } = subject;
  const isOfPerson = patientId !== undefined || doctorId !== undefined;
  return [...topics].flatMap((topic) => [
    ...PERSONS.flatMap((person) => {
      const id = subject[`${person}Id`];
      if (id === undefined) return [];
      return [
        topicTag(topic, person, id, null),
        topicTag(topic, person, id, clinicId ?? NO_CLINIC),
      ];
    }),
    ...(clinicId === undefined ? [] : [clinicTopicTag(topic, clinicId, true)]),
    ...(clinicId === undefined || isOfPerson ? [] : [clinicTopicTag(topic, clinicId, false)]),
  ]);
}

/** `patient:7`, as it is written by hand and as a template makes it. */
function spellings(role: Role, id: string): readonly string[] {
  return [...new Set([roleTag(role, id), bounded(`${role}:${id.normalize('NFC')}`)])];
}

function roleTag(role: Role, id: string): string {
  return bounded(`${role}:${escapeKeyValue(id, role)}`);
}

/** @param clinicId `null`: of any clinic */
function atClinic(person: Person, id: string, clinicId: string | null): string {
  const where = clinicId === null ? ANY : `@${roleTag('clinic', clinicId)}`;
  return bounded(`${roleTag(person, id)}${where}`);
}

/** @param clinicId `null`: of any clinic */
function topicTag(topic: Topic, person: Person, id: string, clinicId: string | null): string {
  return bounded(`${topic}@${atClinic(person, id, clinicId)}`);
}

function clinicTopicTag(topic: Topic, clinicId: string, isOfAll: boolean): string {
  return bounded(`${topic}@${roleTag('clinic', clinicId)}${isOfAll ? ALL : OWN}`);
}

function bounded(tag: string): string {
  if (Buffer.byteLength(tag) <= MAX_TAG_BYTES) return tag;
  return createHash('sha256').update(tag).digest('base64url');
}
