import { callOptions } from './healthcare-call.js';
import { CompliancePolicy } from './policy/compliance.policy.js';

const policy = new CompliancePolicy();
const terms = { kind: 'patient', template: 'patient:{patientId}:x', ttl: 3_600 } as const;

describe('callOptions', () => {
  it('says what the kind of data is like, and what the caller wrote', () => {
    expect(callOptions(terms, { priority: 'low', tags: undefined }, policy)).toEqual({
      containsPHI: true,
      patientSpecific: true,
      ttl: 3_600,
      template: 'patient:{patientId}:x',
      priority: 'low',
    });
    expect(callOptions(terms, { ttl: 5 }, policy).ttl).toBe(5);
  });

  it('lowers a default to what the level allows, however that is asked for', () => {
    const ttlOf = (options: object) => callOptions(terms, options, policy).ttl;
    expect(ttlOf({ complianceLevel: 'restricted' })).toBe(900);
    expect(ttlOf({ tags: ['hiv'] })).toBe(900);
    expect(ttlOf({ labels: ['R'] })).toBe(900);
  });

  it('refuses to be told that it is no health information', () => {
    expect(() => callOptions(terms, { containsPHI: false }, policy)).toThrow(
      'containsPHI is false; data of this kind always has it.',
    );
  });
});
