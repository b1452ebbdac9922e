import { isIP } from 'node:net';

import type { AuditRecord } from '../audit/audit-record.js';
import type { FhirAuditAgent, FhirAuditEntity, FhirAuditEvent } from './fhir-audit-event.js';
import {
  APPLICATION_SERVER,
  DOMAIN_RESOURCE,
  fhirPattern,
  fhirProfile,
  labelCoding,
  PATIENT_ROLE,
  PERSON,
  purposeCoding,
  REQUEST_ID,
  roleConcept,
  SYSTEM_OBJECT,
  type FhirPattern,
} from './fhir-codes.js';
import { isTold, tidied } from './fhir-text.js';

/** Systems that identifiers belong to, as URIs. */
export interface FhirMappingOptions {
  readonly actorSystem?: string;
  readonly patientSystem?: string;
}

/** A record as a FHIR R4 AuditEvent, by the profiles of IHE BALP. Holds what the record holds, and no more. */
export function toFhirAuditEvent(
  record: AuditRecord,
  options: FhirMappingOptions = {},
): FhirAuditEvent {
  const pattern = fhirPattern(record);
  const code = record.detail?.['code'];
  // The profiles are of what succeeded.
  const profiles = record.outcome === 0 ? pattern.profiles : undefined;
  return tidied({
    resourceType: 'AuditEvent',
    ...(profiles ? { meta: { profile: [fhirProfile(profiles, record)] } } : {}),
    type: pattern.type,
    subtype: [pattern.subtype],
    action: pattern.action ?? record.action,
    recorded: record.time,
    outcome: `${record.outcome}`,
    ...(typeof code === 'string' ? { outcomeDesc: code } : {}),
    ...(record.purpose ? { purposeOfEvent: [{ coding: [purposeCoding(record.purpose)] }] } : {}),
    agent: agentsOf(record, pattern, options),
    source: {
      site: record.clinic ?? record.tenant,
      observer: { display: record.node },
      type: [APPLICATION_SERVER],
    },
    entity: entitiesOf(record, pattern, options),
  });
}

function agentsOf(
  record: AuditRecord,
  pattern: FhirPattern,
  { actorSystem }: FhirMappingOptions,
): FhirAuditAgent[] {
  const { address, node, actor, onBehalfOf, roles, purpose } = record;
  const who = (value: string): FhirAuditAgent['who'] => ({
    identifier: { ...(actorSystem ? { system: actorSystem } : {}), value },
  });
  const user: FhirAuditAgent = {
    type: { coding: [pattern.user] },
    ...(roles ? { role: roles.map(roleConcept) } : {}),
    who: who(actor),
    requestor: true,
    ...(purpose ? { purposeOfUse: [{ coding: [purposeCoding(purpose)] }] } : {}),
  };
  return [
    {
      type: { coding: [pattern.client] },
      who: { display: address ?? node },
      requestor: false,
      network: network(address ?? node),
    },
    {
      type: { coding: [pattern.server] },
      who: { display: `${node} (Vitalcache ${record.library})` },
      requestor: false,
      network: network(node),
    },
    user,
    ...(onBehalfOf ? [{ who: who(onBehalfOf), requestor: false }] : []),
  ];
}

function network(address: string): NonNullable<FhirAuditAgent['network']> {
  return { address, type: isIP(address) ? '2' : '1' };
}

function entitiesOf(
  record: AuditRecord,
  pattern: FhirPattern,
  { patientSystem }: FhirMappingOptions,
): FhirAuditEntity[] {
  const { patient, request } = record;
  const system = patientSystem ? { system: patientSystem } : {};
  return [
    ...(patient === undefined
      ? []
      : [
          {
            what: { ...patientReference(patient), identifier: { ...system, value: patient } },
            type: PERSON,
            role: PATIENT_ROLE,
          },
        ]),
    dataOf(record, pattern),
    ...(request === undefined
      ? []
      : [{ what: { identifier: { value: request } }, type: REQUEST_ID }]),
  ];
}

function dataOf(record: AuditRecord, pattern: FhirPattern): FhirAuditEntity {
  const { keyRef, template, labels } = record;
  return {
    what: { identifier: { value: keyRef ?? template } },
    type: SYSTEM_OBJECT,
    role: DOMAIN_RESOURCE,
    ...(pattern.lifecycle ? { lifecycle: pattern.lifecycle } : {}),
    ...(labels ? { securityLabel: labels.map(labelCoding) } : {}),
    name: template,
    detail: detailOf(record),
  };
}

/** What R4 has no element for. */
function detailOf(record: AuditRecord): { type: string; valueString: string }[] {
  const { level, source, isStale, ageMs, count, grant, tenant, chain, seq, event } = record;
  const own = { event, level, source, isStale, ageMs, count, grant, tenant, chain, seq };
  const named = Object.entries({ ...record.detail, ...own });
  return named
    .filter(([, value]) => value !== undefined && isTold(String(value)))
    .map(([type, value]) => ({ type, valueString: String(value) }));
}

/** A reference needs an id of FHIR; any other is an identifier alone. */
function patientReference(patient: string): { type: 'Patient'; reference?: string } {
  const isId = /^[A-Za-z0-9.-]{1,64}$/.test(patient);
  return { type: 'Patient', ...(isId ? { reference: `Patient/${patient}` } : {}) };
}
