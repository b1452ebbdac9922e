import { CACHE_DEFAULTS, resolveOptions, type CacheOptions } from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';

import { KnownSubjects } from '../subjects/known-subjects.js';
import type { AccessContext } from './access-context.js';
import { runWithAccess } from './access-scope.js';
import { EntryAdmission } from './entry.admission.js';
import { KnownActs } from './known-acts.js';

const RESTRICTED: CacheOptions = { containsPHI: true, complianceLevel: 'restricted' };
const OPTIONS: CacheOptions[] = [
  { containsPHI: true },
  { containsPHI: true, doctorSpecific: true },
  { clinicSpecific: true },
  { patientSpecific: true, tags: ['hiv'] },
  { emergencyData: true, patientSpecific: true },
  { containsPHI: true, subject: { doctorId: 'd', clinicId: 'c' } },
  RESTRICTED,
];
const KEYS = ['patient:7:clinic:3:records', 'patient:7:x', 'doctor:5:clinic:3:profile', 'notes:1'];
const KINDS = KEYS.flatMap((key) =>
  OPTIONS.map((written) => ({ key, written, options: resolved(written) })),
);

const CONTEXTS: AccessContext[] = ['t1', 't2'].flatMap((tenant) =>
  ['a', 'b'].flatMap((actor) =>
    [{}, { clinicId: '3' }, { clinicId: '4' }].flatMap((clinic) =>
      [{}, { grantId: 'g' }].map((grant) => ({ tenant, actor, roles: [], ...clinic, ...grant })),
    ),
  ),
);
/** Each asks once after each. */
const TURNS = CONTEXTS.flatMap((_, one) => CONTEXTS.flatMap((__, other) => [one, other]));

function resolved(options: CacheOptions) {
  return Object.freeze(resolveOptions(options, CACHE_DEFAULTS));
}

/** What it gives, or that it refuses. */
function outcome<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const newAdmission = () =>
  new EntryAdmission({
    isCaching: () => true,
    warn: () => undefined,
    subjects: new KnownSubjects(new FakeClock()),
  });
const newActs = () => new KnownActs({ keyRef: (key) => `ref ${key}` });

describe('what is remembered of keys', () => {
  it.each(KINDS)(
    'admits nobody elsewhere than who asks first: $key $written',
    ({ key, options }) => {
      const admit = (by: EntryAdmission, who: number) =>
        outcome(() => runWithAccess(CONTEXTS[who]!, () => by.admit(key, options)));
      const first = CONTEXTS.map((_, who) => admit(newAdmission(), who));
      const admission = newAdmission();
      for (const who of TURNS) expect(admit(admission, who)).toEqual(first[who]);
    },
  );

  it.each(KINDS)(
    'records nothing else than of who asks first: $key $written',
    ({ key, options }) => {
      const terms = { key, keys: [], tags: [], pattern: null, template: 'x', options };
      const operation = { kind: 'read', ...terms, strategy: 'phi', isWarming: false } as const;
      const actsBy = (by: KnownActs, who: number) =>
        outcome(() => by.of(operation, CONTEXTS[who]!));
      const first = CONTEXTS.map((_, who) => actsBy(newActs(), who));
      const acts = newActs();
      for (const who of TURNS) expect(actsBy(acts, who)).toEqual(first[who]);
    },
  );

  it('is nothing of restricted data', () => {
    const admission = newAdmission();
    const admit = (options: ReturnType<typeof resolved>) =>
      runWithAccess(CONTEXTS[0]!, () => admission.admit(KEYS[0]!, options));
    const [restricted, standard] = [resolved(RESTRICTED), resolved({ containsPHI: true })];
    expect(admit(restricted)).not.toBe(admit(restricted));
    expect(admit(standard)).toBe(admit(standard));
  });
});
