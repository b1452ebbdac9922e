import {
  isHealthInformation,
  systemClock,
  type Admission,
  type Clock,
  type DataSubject,
  type ResolvedCacheOptions,
  type SealTerms,
} from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import { subjectOf } from '../subjects/entry-subject.js';
import type { EntrySubject } from '../subjects/key-convention.js';
import { REMEMBERED, type ISubjects } from '../subjects/known-subjects.js';
import { tagsOf } from '../subjects/subject-tags.js';
import { SYSTEM_ACTOR, type AccessContext } from './access-context.js';
import { contextMissing } from './access.errors.js';
import { currentAccess } from './access-scope.js';
import { keptApart, withoutScope } from './entry-variant.js';
import { dependsOnWhoAsks, whomOf, type Whom } from './whom.js';

export interface EntryAdmissionOptions {
  /** Whether protected data may be cached now; not without sealing, and not without an audit. */
  readonly isCaching: () => boolean;
  /** Told once that it is not. */
  readonly warn: (message: string) => void;
  /** Absent: read out of key and template each time. */
  readonly subjects?: ISubjects;
  readonly clock?: Pick<Clock, 'now'>;
}

const DECLARED: readonly (keyof DataSubject)[] = [
  'patientId',
  'doctorId',
  'clinicId',
  'appointmentId',
];

/** Of what is only sealed. */
const NOBODY: EntrySubject = { topics: [] };

/** An admission, and all that it was made of. */
interface Known {
  readonly options: ResolvedCacheOptions;
  readonly subject: EntrySubject;
  readonly tenant: string;
  readonly scope: string;
  readonly ownClinic: string | undefined;
  /** Whether of who asks only tenant and clinic say where it goes, as long as they have no grant. */
  readonly isForAll: boolean;
  readonly admission: Admission;
}

/** The part of the plugin's `DataProtection` that decides where each call on protected data goes. */
export class EntryAdmission {
  readonly #options: EntryAdmissionOptions;
  readonly #known: LRUCache<string, Known>;
  readonly #byTerms = new WeakMap<SealTerms, Admission>();
  #bypassed = 0;

  constructor(options: EntryAdmissionOptions) {
    const { clock = systemClock } = options;
    this.#options = options;
    this.#known = new LRUCache({ ...REMEMBERED, perf: { now: () => clock.now() } });
  }

  /** Calls that went to their loader because protected data isn't cached. */
  get bypassed(): number {
    return this.#bypassed;
  }

  /**
   * As `DataProtection.admit`: two users or clinics share an entry only if its key, its template or `subject` says whose
   * data it is, and then only within a clinic.
   * @throws CacheError `ACCESS_MISSING`, `OPTION_INVALID`
   */
  admit(key: string, options: ResolvedCacheOptions): Admission | null {
    const context = currentAccess();
    const isPerson = isHealthInformation(options);
    if (isPerson && !context) throw contextMissing('Protected data');
    const admission =
      isPerson && context ? this.#ofPerson(key, options, context) : this.#ofNobody(key, options);
    if (this.#options.isCaching()) return admission;
    if (this.#bypassed++ === 0) {
      this.#options.warn(
        'Protected data is not cached: CACHE_ENCRYPTION_ENABLED or CACHE_AUDIT_LOGGING_ENABLED is false. Every call goes to its loader.',
      );
    }
    return null;
  }

  /** Who asks is looked at each time; what is remembered counts only where all of it comes out the same. */
  #ofPerson(key: string, options: ResolvedCacheOptions, context: AccessContext): Admission {
    const { tenant, clinicId: ownClinic } = context;
    const known = this.#known.get(key);
    if (known && isForAll(known, options, context)) return known.admission;
    const whom = whomOf(key, options, context, this.#options.subjects);
    const { subject, isNamed } = whom;
    const place = { tenant, scope: scopeOf(whom, options, context) };
    if (known && isOf(known, options, subject, place)) return known.admission;
    const admission = this.#made(ofPerson(key, options, subject, place));
    if (options.complianceLevel !== 'restricted') {
      const isForAll = isNamed && context.grantId === undefined && !dependsOnWhoAsks(options);
      this.#known.set(key, { options, subject, ...place, ownClinic, isForAll, admission });
    }
    return admission;
  }

  /** The admission that these terms, as an object, are part of. */
  admissionOf(terms: SealTerms): Admission | undefined {
    return this.#byTerms.get(terms);
  }

  #made(admission: Admission): Admission {
    this.#byTerms.set(admission.terms, admission);
    return admission;
  }

  /** What key and options alone say; options that are about a person are others. */
  #ofNobody(key: string, options: ResolvedCacheOptions): Admission {
    const known = this.#known.get(key);
    if (known?.options === options) return known.admission;
    const admission = this.#made(sealedOnly(key, options));
    const { tenant, scope } = admission.terms;
    const who = { subject: NOBODY, tenant, scope, ownClinic: undefined, isForAll: false };
    this.#known.set(key, { options, ...who, admission });
    return admission;
  }
}

function isForAll(
  known: Known,
  options: ResolvedCacheOptions,
  { tenant, clinicId, grantId }: AccessContext,
): boolean {
  return (
    known.isForAll &&
    known.options === options &&
    known.tenant === tenant &&
    known.ownClinic === clinicId &&
    grantId === undefined
  );
}

function isOf(
  known: Known,
  options: ResolvedCacheOptions,
  subject: EntrySubject,
  { tenant, scope }: Pick<Place, 'tenant' | 'scope'>,
): boolean {
  return (
    known.options === options &&
    known.subject === subject &&
    known.tenant === tenant &&
    known.scope === scope
  );
}

/**
 * Where emergency data stands that was obtained without a grant, for who has one: to be read, never to be written, for
 * what is obtained by a grant is the grant's. `null`: the admission is not by a grant.
 */
export function beyondGrant({ key, tags, terms }: Admission): Admission | null {
  if (!terms.isEmergency || !terms.scope.startsWith('grant:')) return null;
  const shared = withoutScope(key, terms.scope);
  return shared === null ? null : { key: shared, tags, terms: { ...terms, scope: '' } };
}

function ofPerson(
  key: string,
  options: ResolvedCacheOptions,
  subject: EntrySubject,
  { tenant, scope }: Pick<Place, 'tenant' | 'scope'>,
): Admission {
  const written = typeof options.tags === 'function' ? [] : options.tags;
  const tags = tagsOf(subject, { written, tenant, containsPHI: true });
  const owner = subject.patientId === undefined ? null : `patient:${subject.patientId}`;
  const declared = declaredBeyondKey(key, options, subject);
  return admitted(key, options, { tenant, scope, owner, tags, declared });
}

/** No health information, such as a session: nobody's but the key's. */
function sealedOnly(key: string, options: ResolvedCacheOptions): Admission {
  const tags = typeof options.tags === 'function' ? [] : options.tags;
  return admitted(key, options, {
    tenant: options.tenant ?? 'default',
    scope: '',
    owner: null,
    tags,
    declared: '',
  });
}

/**
 * Of the option `subject` what tells two callers of one key apart: neither must get what the other declared to be of somebody
 * else, nor tags of its own in place of theirs.
 */
function declaredBeyondKey(
  key: string,
  { template, subject: declared }: ResolvedCacheOptions,
  subject: EntrySubject,
): string {
  if (declared === null) return '';
  const named = subjectOf(key, { template, subject: null });
  const beyond = DECLARED.filter(
    (role) => declared[role] !== undefined && subject[role] !== named[role],
  );
  return beyond.map((role) => `${role}=${encodeURIComponent(subject[role] ?? '')}`).join(';');
}

interface Place {
  readonly tenant: string;
  readonly scope: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  /** Whom the caller declares, and the key does not name. */
  readonly declared: string;
}

function admitted(
  key: string,
  options: ResolvedCacheOptions,
  { tenant, scope, owner: subject, tags, declared }: Place,
): Admission {
  const { complianceLevel: level, template, emergencyData: isEmergency, serializer } = options;
  const rest = [level, isEmergency ? 'emergency' : '', template, declared, serializer?.id ?? ''];
  return {
    key: keptApart(key, { tenant, scope, rest }),
    tags,
    terms: { tenant, scope, level, template, subject, isEmergency },
  };
}

/** What was obtained by a grant is the grant's; everything else belongs where its subject or its reader does. */
function scopeOf(
  { subject, isNamed, isOwnDoctor }: Whom,
  { emergencyData }: ResolvedCacheOptions,
  { actor, clinicId: ownClinic, grantId }: AccessContext,
): string {
  if (grantId !== undefined) return scope('grant', grantId);
  const parts: string[] = [];
  // What an emergency needs is for the whole tenant: the patient may be brought to another clinic.
  const clinic = subject.clinicId ?? (emergencyData ? undefined : ownClinic);
  if (clinic !== undefined) parts.push(scope('clinic', clinic));
  if (isOwnDoctor) parts.push(scope('doctor', actor));
  else if (!isNamed && actor !== SYSTEM_ACTOR) parts.push(scope('user', actor));
  return parts.join(';');
}

function scope(kind: string, id: string): string {
  return `${kind}:${id.replace(/[;%]/g, (char) => (char === ';' ? '%3B' : '%25'))}`;
}
