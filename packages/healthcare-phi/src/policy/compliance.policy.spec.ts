import { CACHE_DEFAULTS, resolveOptions, type CacheOptions } from '@vitalcache/core';

import { SEAL_CAPS } from '../seal/seal-caps.js';
import { CompliancePolicy } from './compliance.policy.js';

const SENSITIVE = { containsPHI: true, complianceLevel: 'sensitive' } as const;
const RESTRICTED = { containsPHI: true, complianceLevel: 'restricted' } as const;
const EMERGENCY = { containsPHI: true, emergencyData: true } as const;

describe('CompliancePolicy', () => {
  const policy = new CompliancePolicy({ hasSwr: true });
  const ruled = (written: CacheOptions, own = policy, defaults = CACHE_DEFAULTS) =>
    own.optionRule(written, resolveOptions(written, defaults));

  it('leaves options alone that ask for no protection, and bounds what is only sealed', () => {
    const written = { ttl: 86_400, staleIfErrorMs: 1e9 };
    const resolved = resolveOptions(written, CACHE_DEFAULTS);
    expect(policy.optionRule(written, resolved)).toBe(resolved);
    expect(() => ruled({ encrypt: true, ttl: 86_400 })).toThrow('up to 14400 s');
    expect(ruled({ encrypt: true, ttl: 60 })).toMatchObject({ ttlMs: 60_000, encrypt: true });
  });

  it.each([
    ['standard', { containsPHI: true }, 14_400],
    ['sensitive', SENSITIVE, 3_600],
    ['restricted', RESTRICTED, 900],
  ] as const)('caps the time to live of %s', (_, level, cap) => {
    expect(ruled({ ...level, ttl: cap })).toMatchObject({
      ttlMs: cap * 1_000,
      maxTtlMs: cap * 1_000,
    });
    expect(() => ruled({ ...level, ttl: cap + 1 })).toThrow(`up to ${cap} s`);
    const long = { ...CACHE_DEFAULTS, ttlMs: 86_400_000 };
    expect(ruled(level, policy, long).ttlMs).toBe(cap * 1_000);
  });

  it.each<[string, CacheOptions]>([
    ['enableSwr with sensitive', { ...SENSITIVE, enableSwr: true }],
    ['enableSwr with restricted', { ...RESTRICTED, useSwr: true }],
    ['enableSwr with emergencyData', { ...EMERGENCY, enableSWR: true }],
    ['staleTime with sensitive', { ...SENSITIVE, ttl: 60, staleTime: 30 }],
    ['adaptive with restricted', { ...RESTRICTED, adaptive: { minStaleTime: 1, maxStaleTime: 2 } }],
    ['earlyRefresh with sensitive', { ...SENSITIVE, earlyRefresh: 2 }],
    ['staleIfErrorMs with sensitive', { ...SENSITIVE, staleIfErrorMs: 1 }],
    ['staleIfErrorMs with emergencyData', { ...EMERGENCY, staleIfErrorMs: 1 }],
    ['staleIfErrorMs above the cap', { containsPHI: true, ttl: 14_000, staleIfErrorMs: 500_000 }],
    ['compress with restricted', { ...RESTRICTED, compress: true }],
    ['encrypt: false', { containsPHI: true, encrypt: false }],
    ['sensitive without containsPHI', { complianceLevel: 'sensitive' }],
    [
      'restricted for a patient without containsPHI',
      { complianceLevel: 'restricted', patientSpecific: true },
    ],
    ['part2 as sensitive', { ...SENSITIVE, tags: ['part2'] }],
    ['part2 as emergency data', { ...EMERGENCY, tags: ['part2'] }],
  ])('refuses what was written and would be ignored: %s', (_, written) => {
    expect(() => ruled(written)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('refuses enableSwr where nothing serves it, and lets a default be', () => {
    const own = new CompliancePolicy();
    expect(() => ruled({ containsPHI: true, enableSwr: true }, own)).toThrow('SWRCacheStrategy');
    expect(ruled({ containsPHI: true, ttl: 60 }, own)).toMatchObject({
      enableSwr: false,
      staleMs: 60_000,
    });
  });

  it('never takes a default for an error', () => {
    const defaults = {
      ...CACHE_DEFAULTS,
      ttlMs: 86_400_000,
      compress: true,
      staleIfErrorMs: 86_400_000,
      enableSwr: true,
    };
    for (const level of [{ containsPHI: true }, SENSITIVE, RESTRICTED, EMERGENCY]) {
      const resolved = ruled(level, policy, defaults);
      const isStandard = level === EMERGENCY || !('complianceLevel' in level);
      expect(resolved.compress).toBe(level !== RESTRICTED);
      expect(resolved.staleIfErrorMs).toBe(0);
      expect(resolved.enableSwr).toBe(isStandard && level !== EMERGENCY);
      expect(resolved.staleMs).toBe(resolved.enableSwr ? 7_200_000 : resolved.ttlMs);
      expect(Object.isFrozen(resolved)).toBe(true);
    }
  });

  it('bounds what a loader says together with what is kept beyond it', () => {
    const written = { containsPHI: true, ttl: 60, staleIfErrorMs: 400_000 };
    expect(ruled(written).maxTtlMs).toBe(14_000_000);
  });

  it('takes what is tagged part2 for restricted', () => {
    const resolved = ruled({ containsPHI: true, tags: ['part2'] });
    expect(resolved).toMatchObject({
      complianceLevel: 'restricted',
      ttlMs: 900_000,
      staleIfErrorMs: 0,
    });
    for (const labels of [['R'], ['N', 'HIV'], ['nobody-knows']]) {
      expect(ruled({ containsPHI: true, labels }).complianceLevel).toBe('restricted');
      expect(() => ruled({ ...SENSITIVE, labels })).toThrow('ask for restricted');
    }
    const site = new CompliancePolicy({ labels: { VIP: 'sensitive' } });
    expect(ruled({ containsPHI: true, labels: ['VIP'] }, site).complianceLevel).toBe('sensitive');
  });

  it('lowers caps in silence, and raises them with a warning', () => {
    const warn = jest.fn();
    const own = new CompliancePolicy({ maxTtl: { restricted: 60, sensitive: 10 }, warn });
    expect(() => ruled({ ...RESTRICTED, ttl: 61 }, own)).toThrow('up to 60 s');
    expect(own.rules('sensitive')).toMatchObject({ maxTtlMs: 10_000 });
    expect(own.caps).toEqual({ ...SEAL_CAPS, sensitive: 10_000, restricted: 60_000 });
    expect(warn).not.toHaveBeenCalled();
    expect(
      ruled(
        { ...RESTRICTED, ttl: 1_000 },
        new CompliancePolicy({ maxTtl: { restricted: 1_000 }, warn }),
      ).ttlMs,
    ).toBe(1_000_000);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(() => new CompliancePolicy({ maxTtl: { restricted: 0 } })).toThrow('maxTtl');
    expect(() => new CompliancePolicy({ maxTtl: { secret: 1 } as never })).toThrow('maxTtl');
  });

  it('502(b): keeps of a template’s values what was declared for it', () => {
    const own = new CompliancePolicy({ projections: { chart: ['id', 'name'] } });
    const kept = (written: CacheOptions) =>
      ruled(written, own).serializer?.toCache({ id: 1, name: 'A', ssn: 2 } as never);
    expect(kept({ containsPHI: true, template: 'chart' })).toStrictEqual({ id: 1, name: 'A' });
    const both = { containsPHI: true, template: 'chart', project: ['ssn', 'id'] };
    expect(kept(both)).toStrictEqual({ id: 1 });
    expect(ruled({ containsPHI: true, template: 'other' }, own).serializer).toBeNull();
    expect(ruled({ template: 'chart' }, own).serializer).toBeNull();
    expect(() => new CompliancePolicy({ projections: { chart: [] } })).toThrow('project');
  });

  it('asks for a purpose as the level says', () => {
    const { standard, sensitive, restricted } = {
      standard: policy.purposeRefusal('standard', undefined),
      sensitive: policy.purposeRefusal('sensitive', undefined),
      restricted: policy.purposeRefusal('restricted', 'HPAYMT'),
    };
    expect([standard, sensitive, restricted]).toEqual([null, 'purpose-missing', 'purpose-refused']);
    expect(policy.purposeRefusal('sensitive', 'HPAYMT')).toBeNull();
    expect(policy.purposeRefusal('restricted', 'TREAT')).toBeNull();
  });
});
