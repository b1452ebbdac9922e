import {
  CACHE_DEFAULTS,
  resolveOptions,
  VARIANT_SEPARATOR,
  type CacheOptions,
} from '@vitalcache/core';
import fc from 'fast-check';

import type { AccessContext } from './access-context.js';
import { runAsSystem, runWithAccess } from './access-scope.js';
import { EntryAdmission } from './entry.admission.js';
import { keptApart, tenantOfKey, withoutScope } from './entry-variant.js';

const KEY = 'patient:7:clinic:3:records';
const PHI: CacheOptions = { containsPHI: true };
const A: AccessContext = { tenant: 't1', actor: 'user-a', roles: [] };
const B: AccessContext = { ...A, actor: 'user-b' };

describe('EntryAdmission', () => {
  const warn = jest.fn();
  let isCaching = true;
  const admission = new EntryAdmission({ isCaching: () => isCaching, warn });
  const admit = (context: AccessContext, key: string, options: CacheOptions = PHI) =>
    runWithAccess(context, () => admission.admit(key, resolveOptions(options, CACHE_DEFAULTS)));
  const keyOf = (...call: Parameters<typeof admit>) => admit(...call)?.key;

  it('refuses health information without a context, and not what is only sealed', () => {
    const options = resolveOptions(PHI, CACHE_DEFAULTS);
    expect(() => admission.admit(KEY, options)).toThrow(
      expect.objectContaining({ code: 'ACCESS_MISSING' }),
    );
    const sealed = resolveOptions({ encrypt: true, tags: ['s'] }, CACHE_DEFAULTS);
    expect(admission.admit('session:1', sealed)).toMatchObject({
      tags: ['s'],
      terms: { tenant: 'default', scope: '', subject: null, level: 'standard', isEmergency: false },
    });
  });

  it('gives what is only sealed the admission that it had, and options about a person their own', () => {
    const sealed = resolveOptions({ encrypt: true }, CACHE_DEFAULTS);
    const other = resolveOptions({ encrypt: true, tenant: 't2' }, CACHE_DEFAULTS);
    const first = admission.admit(KEY, sealed);
    expect(admission.admit(KEY, sealed)).toBe(first);
    expect(admission.admit(KEY, other)?.terms.tenant).toBe('t2');
    expect(admit(A, KEY, { ...PHI, encrypt: true })?.terms.subject).toBe('patient:7');
    expect(admission.admit(KEY, sealed)).toEqual(first);
  });

  it('says whose it is, for whom, and how closely it is held', () => {
    const options = {
      ...PHI,
      complianceLevel: 'sensitive',
      tags: ['own'],
      template: 'x:{id}',
    } as const;
    const admitted = admit({ ...A, clinicId: '3' }, KEY, options);
    expect(admitted?.terms).toEqual({
      tenant: 't1',
      scope: 'clinic:3',
      level: 'sensitive',
      template: 'x:{id}',
      subject: 'patient:7',
      isEmergency: false,
    });
    expect(admitted?.tags).toEqual(expect.arrayContaining(['own', 'clinic:3', 'phi_data']));
    expect(admitted?.key.split(VARIANT_SEPARATOR)[0]).toBe(KEY);
  });

  it('keeps tenants apart, and all that the seal is bound to', () => {
    const keys = [
      keyOf(A, KEY),
      keyOf({ ...A, tenant: 't2' }, KEY),
      keyOf(A, KEY, { ...PHI, complianceLevel: 'sensitive' }),
      keyOf(A, KEY, { ...PHI, emergencyData: true }),
      keyOf(A, KEY, { ...PHI, template: 'other' }),
      keyOf(A, `${KEY}${VARIANT_SEPARATOR}own`),
      keyOf({ ...A, purpose: 'BTG', grantId: 'g-1' }, KEY),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(admit({ ...A, purpose: 'BTG', grantId: 'g-1' }, KEY)?.terms.scope).toBe('grant:g-1');
  });

  it('keeps apart what callers of one key declare differently', () => {
    const of = (subject: object, options: object = {}) => ({ ...PHI, subject, ...options });
    const keys = [
      PHI,
      of({ doctorId: '5' }),
      of({ doctorId: '6' }),
      of({ doctorId: '5;appointmentId=1' }),
      of({ doctorId: '5', appointmentId: '1' }),
      of({ appointmentId: '1' }),
      { ...PHI, project: ['name'] },
      { ...PHI, project: ['name', 'address.city'] },
      { ...PHI, project: ['name.address.city'] },
      { ...PHI, serializer: { id: 'v2', toCache: String, fromCache: String } },
      of({ doctorId: '5' }, { project: ['name'] }),
    ].map((options) => keyOf(A, 'patient:7:visit', options));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf(A, 'x', of({ patientId: '7' }))).not.toBe(keyOf(A, 'x', of({ patientId: '8' })));
  });

  it('lets those share what they declare alike, or what the key says anyway', () => {
    const project = (...names: string[]) => keyOf(A, KEY, { ...PHI, project: names });
    expect(project('name', 'born')).toBe(project('born', 'name', 'name'));
    const subject = { patientId: '7', clinicId: '3' };
    expect(keyOf(A, KEY, { ...PHI, subject })).toBe(keyOf(B, KEY));
    const decomposed = { ...PHI, subject: { doctorId: 'A\u030a' } };
    expect(keyOf(A, KEY, decomposed)).toBe(
      keyOf(A, KEY, { ...PHI, subject: { doctorId: '\u00c5' } }),
    );
  });

  it('lets two users share what is said to be a patient’s, and nothing else', () => {
    expect(keyOf(A, KEY)).toBe(keyOf(B, KEY));
    const subject = { ...PHI, subject: { patientId: '7' } };
    expect(keyOf(A, 'dashboard', subject)).toBe(keyOf(B, 'dashboard', subject));
    expect(keyOf(A, 'dashboard')).not.toBe(keyOf(B, 'dashboard'));
    expect(admit(A, 'dashboard')?.terms.scope).toBe('user:user-a');
  });

  it('lets two clinics share nothing, but for emergencies', () => {
    const [here, there] = [
      { ...A, clinicId: '3' },
      { ...A, clinicId: '4' },
    ];
    expect(keyOf(here, 'patient:7:profile')).not.toBe(keyOf(there, 'patient:7:profile'));
    const emergency = { ...PHI, emergencyData: true };
    expect(keyOf(here, 'emergency:7', emergency)).toBe(keyOf(there, 'emergency:7', emergency));
  });

  it('keeps what is a doctor’s own for that doctor, and the doctor’s data for all who may see it', () => {
    const options = { ...PHI, doctorSpecific: true };
    expect(admit(A, 'patient:7:notes', options)?.terms.scope).toBe('doctor:user-a');
    expect(keyOf(A, 'patient:7:notes', options)).not.toBe(keyOf(B, 'patient:7:notes', options));
    expect(keyOf(A, 'doctor:d1:schedule:x', options)).toBe(
      keyOf(B, 'doctor:d1:schedule:x', options),
    );
  });

  it.each([
    ['patientSpecific', 'users:7', A],
    ['clinicSpecific', 'users:7', A],
    ['patientSpecific', 'patient:%-:profile', A],
  ] as const)('refuses %s for %s, where nobody is named', (option, key, context) => {
    expect(() => admit(context, key, { ...PHI, [option]: true })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(option) }),
    );
  });

  it('refuses doctorSpecific for the library’s own work, which is no doctor', () => {
    const options = resolveOptions({ ...PHI, doctorSpecific: true }, CACHE_DEFAULTS);
    expect(() => runAsSystem(A, () => admission.admit('patient:7:notes', options))).toThrow(
      'doctorSpecific needs a doctor',
    );
  });

  it('takes the clinic of whoever asks for clinicSpecific', () => {
    const options = { ...PHI, clinicSpecific: true };
    expect(admit({ ...A, clinicId: '3' }, 'users:7', options)?.tags).toContain('clinic:3');
  });

  it('lets the loader answer while nothing protected may be cached, counts and warns once', () => {
    isCaching = false;
    expect([admit(A, KEY), admit(A, KEY)]).toEqual([null, null]);
    expect(admission.bypassed).toBe(2);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(() => admission.admit(KEY, resolveOptions(PHI, CACHE_DEFAULTS))).toThrow(
      'access context',
    );
  });
});

describe('keptApart', () => {
  it('never makes one key of two different places', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '&', '%', '2', '6', ';', '\u001f'),
      maxLength: 6,
    });
    const place = fc.record({ tenant: text, scope: text, rest: fc.tuple(text, text) });
    fc.assert(
      fc.property(place, place, (a, b) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        expect(keptApart('k', a) === keptApart('k', b)).toBe(isSame);
        expect(tenantOfKey(keptApart('k', a))).toBe(a.tenant);
      }),
    );
  });

  it('is found again without its scope', () => {
    const terms = { tenant: 't&1', rest: ['standard', 'emergency', 'x:{id}'] };
    const key = keptApart('k', { ...terms, scope: 'grant:a&b' });
    expect(withoutScope(key, 'grant:a&b')).toBe(keptApart('k', { ...terms, scope: '' }));
    expect(withoutScope(key, 'grant:a')).toBeNull();
    const long = keptApart('k', { ...terms, scope: 's'.repeat(1_000) });
    expect(withoutScope(long, 's'.repeat(1_000))).toBeNull();
  });

  it('is bounded, whatever the names', () => {
    const key = keptApart('k', { tenant: 't', scope: 's'.repeat(10_000), rest: [] });
    expect(key.length).toBeLessThan(300);
    expect(tenantOfKey('k')).toBeNull();
  });
});
