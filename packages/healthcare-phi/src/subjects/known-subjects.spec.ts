import { CACHE_DEFAULTS, resolveOptions, type CacheOptions } from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';

import { KnownSubjects } from './known-subjects.js';

const resolved = (options: CacheOptions) =>
  resolveOptions({ containsPHI: true, ...options }, CACHE_DEFAULTS);

describe(KnownSubjects.name, () => {
  it('reads key and template once, and again for another template', () => {
    const subjects = new KnownSubjects(new FakeClock());
    const one = subjects.of('visits:7:3', resolved({ template: 'visits:{patientId}:{clinicId}' }));
    const again = subjects.of(
      'visits:7:3',
      resolved({ template: 'visits:{patientId}:{clinicId}' }),
    );
    const other = subjects.of('visits:7:3', resolved({ template: 'visits:{doctorId}:{clinicId}' }));
    expect(one).toEqual({ patientId: '7', clinicId: '3', topics: [] });
    expect(again).toBe(one);
    expect(other).toEqual({ doctorId: '7', clinicId: '3', topics: [] });
  });

  it('takes what options say of a subject from each call', () => {
    const subjects = new KnownSubjects(new FakeClock());
    const of = (patientId: string) => subjects.of('visit:1', resolved({ subject: { patientId } }));
    expect([of('7').patientId, of('8').patientId]).toEqual(['7', '8']);
    expect(subjects.of('visit:1', resolved({}))).toEqual({ topics: [] });
  });

  it('keeps nothing of restricted data, and what it keeps for a minute', () => {
    const clock = new FakeClock();
    const subjects = new KnownSubjects(clock);
    const of = (options: CacheOptions) => subjects.of('patient:7:labs', resolved(options));
    const restricted = { complianceLevel: 'restricted' } as const;
    expect(of(restricted)).not.toBe(of(restricted));
    const before = of({});
    expect(of({})).toBe(before);
    clock.advance(60_001);
    expect(of({})).not.toBe(before);
  });
});
