import { CacheError, VARIANT_SEPARATOR, type DataSubject } from '@vitalcache/core';

import { plainId } from './plain-id.js';

const ROLES: readonly (keyof DataSubject)[] = [
  'patientId',
  'doctorId',
  'clinicId',
  'appointmentId',
];
/** Templates that are remembered; there are as many as places in the code. */
const MAX_TEMPLATES = 1_000;

interface Place {
  readonly role: keyof DataSubject;
  readonly segment: number;
  readonly before: number;
  readonly after: number;
}

const placesByTemplate = new Map<string, readonly Place[]>();

/**
 * The ids that stand in a key where its template has `{patientId}`, `{doctorId}`, `{clinicId}` or `{appointmentId}`, by
 * these names or as the last member of a path. @throws CacheError `KEY_INVALID`
 */
export function subjectByPlaceholders(key: string, template: string): DataSubject {
  if (!template.includes('{')) return {};
  const places = placesOf(template);
  if (places.length === 0) return {};
  const end = key.indexOf(VARIANT_SEPARATOR);
  const segments = (end < 0 ? key : key.slice(0, end)).split(':');
  const ids: Partial<Record<keyof DataSubject, string>> = {};
  for (const { role, segment, before, after } of places) {
    const text = segments[segment];
    const id = text === undefined ? null : plainId(text.slice(before, text.length - after));
    if (id !== null) ids[role] = id;
  }
  return ids;
}

function placesOf(template: string): readonly Place[] {
  const known = placesByTemplate.get(template);
  if (known) return known;
  const places = template.split(':').flatMap((text, segment) => placeIn(template, text, segment));
  if (placesByTemplate.size < MAX_TEMPLATES) placesByTemplate.set(template, places);
  return places;
}

function placeIn(template: string, text: string, segment: number): readonly Place[] {
  const found = [...text.matchAll(/\{(?:[\w$]+\.)*([\w$]+)\}/g)];
  const named = found.find(([, name]) => ROLES.includes(name as keyof DataSubject));
  if (!named) return [];
  if (found.length > 1) {
    throw new CacheError(
      'KEY_INVALID',
      `In the key template ${template} {${named[1] ?? ''}} shares its segment with another placeholder, and ids could not be told apart; put a ':' between them.`,
    );
  }
  const [whole, role] = named as unknown as readonly [string, keyof DataSubject];
  return [{ role, segment, before: named.index, after: text.length - named.index - whole.length }];
}
