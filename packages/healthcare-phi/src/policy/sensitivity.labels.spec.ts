import { CompliancePolicy } from './compliance.policy.js';
import { levelOfLabels } from './sensitivity.labels.js';

describe('levelOfLabels', () => {
  it.each([
    [[], 'standard'],
    [['U'], 'standard'],
    [['N'], 'standard'],
    [['R'], 'restricted'],
    [['V'], 'restricted'],
    [['N', 'PSY'], 'sensitive'],
    [['N', 'part2'], 'restricted'],
    [['ETH', 'N'], 'restricted'],
    [['HIV'], 'restricted'],
    [['GDIS'], 'restricted'],
    [['PSYTHPN'], 'restricted'],
    [['N', 'HTEST'], 'standard'],
  ] as const)('%j is %s', (labels, level) => {
    expect(levelOfLabels(labels)).toBe(level);
  });

  it.each([['unheard-of'], [''], ['__proto__'], ['constructor'], [{}], [{ code: 7 }], [null], [7]])(
    'takes the unknown label %j for restricted',
    (label) => {
      expect(levelOfLabels([label as never])).toBe('restricted');
      expect(levelOfLabels(['N', label as never])).toBe('restricted');
    },
  );

  it('reads the labels of a FHIR resource', () => {
    const system = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
    expect(levelOfLabels([{ code: 'N' }, { system, code: 'STD' }])).toBe('sensitive');
  });

  it('never lets a site make a label of ours milder', () => {
    const policy = new CompliancePolicy({
      labels: { HIV: 'standard', PSY: 'restricted', VIP: 'sensitive' },
    });
    expect(policy.levelOf(['HIV'])).toBe('restricted');
    expect(policy.levelOf(['PSY'])).toBe('restricted');
    expect(policy.levelOf(['VIP'])).toBe('sensitive');
  });
});
