import { CacheError, EntryInspector, type InspectedHeader } from '@vitalcache/core';

import { contextMissing } from './access/access.errors.js';
import { currentAccess } from './access/access-scope.js';
import type { HealthcareParts } from './healthcare.parts.js';
import type { KeyedNames } from './names/keyed-names.js';
import { assertIds } from './subjects/healthcare-key.factory.js';
import { coveringPerson } from './subjects/subject-tags.js';

/** What is cached of one kind of data. Milliseconds. */
export interface OverviewKind {
  /** First word of the keys by convention, such as `labs`; `other` for keys of another form. */
  readonly kind: string;
  readonly entries: number;
  readonly youngestMs: number;
  readonly oldestMs: number;
  /** Until the last of them is kept no longer. */
  readonly keptForMs: number;
  readonly storedBytes: number;
}

/** What is cached about one person: kinds, ages and counts, never a value. */
export interface PatientOverview {
  readonly entries: number;
  readonly kinds: readonly OverviewKind[];
}

export interface PatientOverviewRequest {
  readonly patientId: string;
  /** Why somebody looks; goes into the audit. */
  readonly reason: string;
  readonly namespace: string;
}

/** First words of keys by convention. */
const KINDS = [
  ...['patient', 'medical', 'prescriptions', 'labs', 'emergency'],
  ...['appointment', 'doctor', 'clinic'],
] as const;

/**
 * What the store holds of a patient in the tenant of whoever asks, as the index knows it; nothing is opened. On record
 * before it answers.
 * @throws CacheError `ACCESS_MISSING`, `KEY_INVALID`, `OPTION_INVALID`; if store or audit fail
 */
export async function overviewOfPatient(
  parts: Pick<HealthcareParts, 'audit' | 'clock' | 'index' | 'names' | 'provider'>,
  { patientId, reason, namespace }: PatientOverviewRequest,
): Promise<PatientOverview> {
  const context = currentAccess();
  if (!context) throw contextMissing('An overview of a patient');
  assertIds({ patientId });
  if (reason.trim() === '') throw new CacheError('OPTION_INVALID', 'reason must say why.');
  const { audit, clock, index, names } = parts;
  const { tenant, actor, roles, purpose } = context;
  const tags = coveringPerson('patient', patientId);
  const found = await Promise.all(tags.map((tag) => index.namesOf(tag, tenant)));
  if (found.includes(null)) {
    throw new CacheError('STORE_TIMEOUT', 'The store did not say what it holds; ask again.');
  }
  const stored = new Set(found.flatMap((page) => page ?? []));
  const headers = await inspectorOf(parts, namespace).headers([...stored]);
  const entries = headers.filter((header) => header !== null);
  await audit.record({
    event: 'read',
    action: 'R',
    outcome: 0,
    actor,
    roles,
    tenant,
    patientId,
    template: 'overview',
    level: 'restricted', // on the disk before anybody sees it
    detail: { reason, entries: entries.length },
    ...(purpose && { purpose }),
  });
  return { entries: entries.length, kinds: kindsOf(entries, names, clock.now()) };
}

function inspectorOf(
  { provider, names }: Pick<HealthcareParts, 'provider' | 'names'>,
  namespace: string,
): EntryInspector {
  const log = provider.journal?.(namespace);
  if (log) return new EntryInspector({ provider, namespace, log, names });
  throw new CacheError('FEATURE_MISSING', 'The store keeps no journal, so that it has no index.');
}

function kindsOf(
  headers: readonly InspectedHeader[],
  names: Pick<KeyedNames, 'hashOf'>,
  nowMs: number,
): readonly OverviewKind[] {
  const groups = new Map<string, InspectedHeader[]>();
  for (const header of headers) {
    const kind = kindOf(header, names);
    groups.set(kind, [...(groups.get(kind) ?? []), header]);
  }
  return [...groups].map(([kind, all]) => {
    const ages = all.map(({ createdAt }) => Math.max(0, nowMs - createdAt));
    return {
      kind,
      entries: all.length,
      youngestMs: Math.min(...ages),
      oldestMs: Math.max(...ages),
      keptForMs: Math.max(0, ...all.map(({ keptUntil }) => keptUntil - nowMs)),
      storedBytes: all.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    };
  });
}

/** Keys are secret, but each entry carries the hash of its key's first word. */
function kindOf({ coverHashes }: InspectedHeader, names: Pick<KeyedNames, 'hashOf'>): string {
  const kind = KINDS.find((word) => {
    const { low, high } = names.hashOf('prefix', `${word}:`);
    return coverHashes.some(
      (half, i) => i % 2 === 0 && half === low && coverHashes[i + 1] === high,
    );
  });
  return kind ?? 'other';
}
