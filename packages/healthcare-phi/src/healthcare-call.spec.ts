import { CallOptions } from './healthcare-call.js';
import { CompliancePolicy } from './policy/compliance.policy.js';

const calls = new CallOptions(new CompliancePolicy());
const terms = { kind: 'patient', template: 'patient:{patientId}:x', ttl: 3_600 } as const;

describe(CallOptions, () => {
  it('says what the kind of data is like, and what the caller wrote', () => {
    expect(calls.of(terms, { priority: 'low', tags: undefined })).toEqual({
      containsPHI: true,
      patientSpecific: true,
      ttl: 3_600,
      template: 'patient:{patientId}:x',
      priority: 'low',
    });
    expect(calls.of(terms, { ttl: 5 }).ttl).toBe(5);
  });

  it('lowers a default to what the level allows, however that is asked for', () => {
    const ttlOf = (options: object) => calls.of(terms, options).ttl;
    expect(ttlOf({ complianceLevel: 'restricted' })).toBe(900);
    expect(ttlOf({ tags: ['hiv'] })).toBe(900);
    expect(ttlOf({ labels: ['R'] })).toBe(900);
  });

  it('gives the same to all callers who say nothing', () => {
    const bare = calls.of(terms, {});
    expect(bare).toEqual({
      containsPHI: true,
      patientSpecific: true,
      ttl: 3_600,
      template: 'patient:{patientId}:x',
    });
    expect(calls.of(terms, {})).toBe(bare);
    expect(Object.isFrozen(bare)).toBe(true);
    expect(calls.of({ ...terms, ttl: 60 }, {}).ttl).toBe(60);
  });

  it('refuses to be told that it is no health information', () => {
    expect(() => calls.of(terms, { containsPHI: false })).toThrow(
      'containsPHI is false; data of this kind always has it.',
    );
  });
});
