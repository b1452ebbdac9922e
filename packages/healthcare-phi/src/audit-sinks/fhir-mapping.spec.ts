import type { AuditEvent as R4AuditEvent } from '@medplum/fhirtypes';

import type { AuditEvent, AuditEventType } from '../audit/audit-event.js';
import { toRecord } from '../audit/audit-record.js';
import { toFhirAuditEvent } from './fhir-mapping.js';

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const EVENT: AuditEvent = {
  event: 'read',
  action: 'R',
  outcome: 0,
  actor: 'dr-1',
  roles: ['doctor'],
  tenant: 'north',
  clinicId: 'c-7',
  patientId: 'p-1',
  template: 'labs',
  level: 'sensitive',
  labels: ['R', 'HIV'],
  purpose: 'TREAT',
  source: 'l2',
  isStale: true,
  ageMs: 12,
  keyRef: 'k~1',
  requestId: 'q-1',
  address: '10.0.0.7',
};
const map = (event: Partial<AuditEvent> = {}) => {
  const record = toRecord(
    { ...EVENT, ...event },
    {
      chain: 'c',
      seq: 7,
      time: '2026-01-01T00:00:00.000Z',
      deltaUs: 1,
      node: 'n1',
      library: '0.1.0',
    },
  );
  // Compiles only while it is an AuditEvent of R4.
  const resource: R4AuditEvent = toFhirAuditEvent(record, { patientSystem: 'urn:mrn' });
  return resource;
};
const agentCodes = (resource: R4AuditEvent) =>
  resource.agent.map(({ type }) => type?.coding?.[0]?.code);
const details = (resource: R4AuditEvent) =>
  Object.fromEntries(
    (resource.entity ?? [])
      .flatMap(({ detail = [] }) => detail)
      .map(({ type, valueString }) => [type, valueString]),
  );

const EVENTS: readonly [AuditEventType, AuditEvent['action'], string, string][] = [
  ['read', 'R', 'rest', 'read'],
  ['refresh', 'R', 'rest', 'read'],
  ['write', 'C', 'rest', 'create'],
  ['write', 'U', 'rest', 'update'],
  ['invalidate', 'D', 'rest', 'delete'],
  ['clear', 'D', 'rest', 'delete'],
  ['erase', 'D', 'rest', 'delete'],
  ['authz-deny', 'R', '110113', 'AuthZ-Role'],
  ['integrity-fail', 'R', '110113', 'integrity-fail'],
  ['btg-start', 'E', '110113', '110127'],
  ['btg-stop', 'E', '110113', '110138'],
  ['legal-hold', 'U', '110113', '110135'],
  ['audit-gap', 'E', '110113', '110133'],
  ['audit-config', 'E', '110113', '110129'],
  ['key-rotate', 'E', '110113', '110129'],
  ['key-destroy', 'D', '110113', '110129'],
];

describe('toFhirAuditEvent', () => {
  it.each(EVENTS)('tells a %s (%s) as %s, %s', (event, action, type, subtype) => {
    const resource = map({ event, action });

    expect(resource.type.code).toBe(type);
    expect(resource.subtype).toMatchObject([{ code: subtype }]);
    expect(resource.action).toBe(action);
  });

  it.each(EVENTS)('has what R4 requires for a %s (%s)', (event, action) => {
    const bare = map({ event, action, ...without('patientId', 'roles', 'labels', 'address') });

    expect(bare.type).toMatchObject({ system: expect.any(String), code: expect.any(String) });
    expect(Date.parse(bare.recorded)).toBe(Date.UTC(2026, 0, 1));
    expect(bare.source.observer).toEqual({ display: 'n1' });
    expect(bare.agent.every(({ requestor }) => typeof requestor === 'boolean')).toBe(true);
    expect(bare.agent.filter(({ requestor }) => requestor)).toHaveLength(1);
    for (const entity of bare.entity ?? []) {
      // sev-1: a name or a query, not both
      expect(entity.name !== undefined && entity.query !== undefined).toBe(false);
      for (const detail of entity.detail ?? []) expect(detail.valueString).not.toBe('');
    }
  });

  it('has no empty list, null or undefined, which JSON of FHIR does not allow', () => {
    const text = JSON.stringify(map({ roles: [], labels: [], detail: {} }));

    expect(text).not.toMatch(/\[\]|\{\}|null|""/);
  });

  it('follows PatientRead of IHE BALP', () => {
    const resource = map();

    expect(resource).toMatchObject({
      meta: {
        profile: [
          'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead',
        ],
      },
      type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
      subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'read' }],
      action: 'R',
      outcome: '0',
      agent: [
        {
          type: { coding: [{ system: DCM, code: '110152' }] },
          network: { address: '10.0.0.7', type: '2' },
          requestor: false,
        },
        {
          type: { coding: [{ system: DCM, code: '110153' }] },
          network: { address: 'n1', type: '1' },
          requestor: false,
        },
        {
          type: { coding: [{ code: 'IRCP' }] },
          role: [{ coding: [{ code: 'doctor' }] }],
          who: { identifier: { value: 'dr-1' } },
          requestor: true,
          purposeOfUse: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' },
              ],
            },
          ],
        },
      ],
      entity: [
        {
          type: { code: '1' },
          role: { code: '1' },
          what: {
            reference: 'Patient/p-1',
            type: 'Patient',
            identifier: { system: 'urn:mrn', value: 'p-1' },
          },
        },
        {
          type: { code: '2' },
          role: { code: '4' },
          securityLabel: [
            { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' },
            { code: 'HIV' },
          ],
        },
        { type: { code: 'XrequestId' }, what: { identifier: { value: 'q-1' } } },
      ],
    });
    // Users are not network devices.
    expect(resource.agent[2]?.network).toBeUndefined();
  });

  it.each([
    ['write', 'C', ['110153', '110152', 'AUT'], 'PatientCreate'],
    ['write', 'U', ['110153', '110152', 'AUT'], 'PatientUpdate'],
    ['erase', 'D', ['110150', 'custodian', 'AUT'], 'PatientDelete'],
  ] as const)(
    'swaps client and server for a %s (%s), as BALP does',
    (event, action, codes, profile) => {
      const resource = map({ event, action });

      expect(agentCodes(resource)).toEqual(codes);
      expect(resource.meta?.profile?.[0]).toContain(`IHE.BasicAudit.${profile}`);
    },
  );

  it('names the profile without a patient when there is none, and no profile of what failed', () => {
    expect(map(without('patientId')).meta?.profile?.[0]).toMatch(/IHE\.BasicAudit\.Read$/);
    expect(map({ outcome: 8 }).meta).toBeUndefined();
  });

  it('puts tier, level, age, counts and the place in the chain into details', () => {
    expect(details(map({ detail: { code: 'X', reason: 'r' } }))).toEqual({
      event: 'read',
      code: 'X',
      reason: 'r',
      level: 'sensitive',
      source: 'l2',
      isStale: 'true',
      ageMs: '12',
      tenant: 'north',
      chain: 'c',
      seq: '7',
    });
  });

  it.each([
    ['erase', 'D', { step: 'requested', reason: 'r' }, 'erase-requested'],
    ['key-destroy', 'D', { step: 'requested' }, 'key-destroy-requested'],
    ['clear', 'E', { act: 'requested' }, 'clear-requested'],
    ['clear', 'E', { orphans: 3 }, 'purge'],
  ] as const)(
    'tells a %s (%s) with %j as no deletion that succeeded',
    (event, action, detail, code) => {
      const resource = map({ event, action, detail });
      expect(resource).toMatchObject({ action: 'E', subtype: [{ code }] });
      expect(resource.type.code).toBe('110113');
      expect(resource.meta).toBeUndefined();
      expect(resource.entity?.some(({ lifecycle }) => lifecycle)).toBe(false);
    },
  );

  it('has codes of FHIR only, and other words as texts', () => {
    const roles = ['ward  nurse', ' doctor', 'on call', '\u00a0', ' '];
    const resource = map({ roles, labels: ['R', 'two  words', ' ', 'one word'] });
    const user = resource.agent.find(({ requestor }) => requestor);
    expect(user?.role).toEqual([
      { text: 'ward  nurse' },
      { text: ' doctor' },
      { coding: [{ code: 'on call' }] },
    ]);
    expect(resource.entity?.[1]?.securityLabel).toEqual([
      expect.objectContaining({ code: 'R' }),
      { display: 'two  words' },
      { code: 'one word' },
    ]);
  });

  it.each(['', ' ', '\t\n', '\u00a0'])('leaves out what is blank: %j', (blank) => {
    const resource = map({
      actor: blank,
      address: blank,
      requestId: blank,
      template: blank,
      detail: { reason: blank, code: blank },
    });
    expect(blanksIn(resource)).toEqual([]);
    expect(details(resource)).not.toHaveProperty('reason');
  });

  it('has no controls, nor halves of letters, in texts', () => {
    const [bad, told] = ['a\u0000b\u001b[31m\ud800\tc', 'a\ufffdb\ufffd[31m\ufffd\tc'];
    const resource = map({ actor: bad, roles: [bad], detail: { reason: bad } });
    expect(details(resource)).toMatchObject({ reason: told });
    expect(resource.agent[2]?.who?.identifier?.value).toBe(told);
    expect(resource.agent[2]?.role).toEqual([{ coding: [{ code: told }] }]);
  });

  it('makes no reference of an id that FHIR does not allow', () => {
    const [patient] = map({ patientId: 'MRN/7 äöü' }).entity ?? [];

    expect(patient?.what).toEqual({
      type: 'Patient',
      identifier: { system: 'urn:mrn', value: 'MRN/7 äöü' },
    });
  });
});

/** The blank texts, and empty parts, of a resource. */
function blanksIn(node: unknown): unknown[] {
  if (typeof node === 'string') return node.trim() === '' ? [node] : [];
  if (typeof node !== 'object' || node === null) return [];
  const members = Object.values(node);
  return members.length === 0 ? [node] : members.flatMap(blanksIn);
}

function without(...names: (keyof AuditEvent)[]): Partial<AuditEvent> {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
