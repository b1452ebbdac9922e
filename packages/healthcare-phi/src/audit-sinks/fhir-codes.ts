import type { AuditRecord } from '../audit/audit-record.js';
import type { FhirCoding, FhirConcept } from './fhir-audit-event.js';
import { isFhirCode } from './fhir-text.js';

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';
/** Of what no terminology has. */
const OWN = 'urn:vitalcache:audit-event';
const BALP = 'https://profiles.ihe.net/ITI/BALP';

const coding = (system: string, code: string, display: string): FhirCoding => ({
  system,
  code,
  display,
});
const dcm = (code: string, display: string): FhirCoding => coding(DCM, code, display);
const rest = (interaction: string): FhirCoding =>
  coding('http://hl7.org/fhir/restful-interaction', interaction, interaction);
const lifecycle = (code: string, display: string): FhirCoding =>
  coding(`${TERMINOLOGY}/dicom-audit-lifecycle`, code, display);

const SECURITY_ALERT = dcm('110113', 'Security Alert');
const SECURITY_CONFIGURATION = dcm('110129', 'Security Configuration');
const RESTFUL = coding(`${TERMINOLOGY}/audit-event-type`, 'rest', 'Restful Operation');
const SOURCE_ROLE = dcm('110153', 'Source Role ID');
const DESTINATION_ROLE = dcm('110152', 'Destination Role ID');

export const APPLICATION_SERVER = coding(
  `${TERMINOLOGY}/security-source-type`,
  '4',
  'Application Server',
);
export const PERSON = coding(`${TERMINOLOGY}/audit-entity-type`, '1', 'Person');
export const SYSTEM_OBJECT = coding(`${TERMINOLOGY}/audit-entity-type`, '2', 'System Object');
export const PATIENT_ROLE = coding(`${TERMINOLOGY}/object-role`, '1', 'Patient');
export const DOMAIN_RESOURCE = coding(`${TERMINOLOGY}/object-role`, '4', 'Domain Resource');
export const REQUEST_ID: FhirCoding = {
  system: `${BALP}/CodeSystem/BasicAuditEntityType`,
  code: 'XrequestId',
};

const RECIPIENT = participation('IRCP', 'information recipient');
const AUTHOR = participation('AUT', 'author (originator)');

/** How one kind of event is told. */
export interface FhirPattern {
  readonly type: FhirCoding;
  readonly subtype: FhirCoding;
  /** Name of the profile of IHE BALP with a patient, and of the one without. */
  readonly profiles?: readonly [string, string];
  readonly client: FhirCoding;
  readonly server: FhirCoding;
  readonly user: FhirCoding;
  readonly lifecycle?: FhirCoding;
  /** Where it is another than the record's. */
  readonly action?: 'E';
}

const READ: FhirPattern = {
  type: RESTFUL,
  subtype: rest('read'),
  profiles: ['PatientRead', 'Read'],
  client: DESTINATION_ROLE,
  server: SOURCE_ROLE,
  user: RECIPIENT,
  lifecycle: lifecycle('6', 'Access / Use'),
};
const WRITE = { type: RESTFUL, client: SOURCE_ROLE, server: DESTINATION_ROLE, user: AUTHOR };
const CREATE: FhirPattern = {
  ...WRITE,
  subtype: rest('create'),
  profiles: ['PatientCreate', 'Create'],
  lifecycle: lifecycle('1', 'Origination / Creation'),
};
const UPDATE: FhirPattern = {
  ...WRITE,
  subtype: rest('update'),
  profiles: ['PatientUpdate', 'Update'],
  lifecycle: lifecycle('3', 'Amendment'),
};
const DELETE: FhirPattern = {
  type: RESTFUL,
  subtype: rest('delete'),
  profiles: ['PatientDelete', 'Delete'],
  client: dcm('110150', 'Application'),
  server: coding(`${TERMINOLOGY}/provenance-participant-type`, 'custodian', 'Custodian'),
  user: AUTHOR,
  lifecycle: lifecycle('14', 'Logical deletion'),
};
const ERASE: FhirPattern = {
  ...DELETE,
  lifecycle: lifecycle('15', 'Permanent erasure / Physical destruction'),
};

const alert = (subtype: FhirCoding): FhirPattern => ({
  type: SECURITY_ALERT,
  subtype,
  client: dcm('110150', 'Application'),
  server: SOURCE_ROLE,
  user: RECIPIENT,
});

/** What is only asked for is no deletion, which follows, or doesn't. */
const request = (event: string): FhirPattern => ({
  ...alert({ system: OWN, code: `${event}-requested`, display: 'An erasure was asked for' }),
  action: 'E',
});

/** By IHE BALP where that has a profile, else a security alert of DICOM with a subtype that says which. */
export function fhirPattern({ event, action, detail }: AuditRecord): FhirPattern {
  if (detail?.['step'] === 'requested' || detail?.['act'] === 'requested') return request(event);
  switch (event) {
    case 'read':
    case 'refresh':
      return READ;
    case 'write':
      return action === 'C' ? CREATE : UPDATE;
    case 'invalidate':
      return DELETE;
    case 'clear':
      if (action === 'D') return DELETE;
      return alert({ system: OWN, code: 'purge', display: 'Housekeeping; no data was removed' });
    case 'erase':
      return ERASE;
    case 'authz-deny':
      return alert({
        system: `${BALP}/CodeSystem/AuthZsubType`,
        code: 'AuthZ-Role',
        display: 'Authorization Decision using only Roles',
      });
    case 'integrity-fail':
      return alert({ system: OWN, code: event, display: 'Protected data was not what was stored' });
    case 'btg-start':
      return alert(dcm('110127', 'Emergency Override Started'));
    case 'btg-stop':
      return alert(dcm('110138', 'Emergency Override Stopped'));
    case 'btg-review':
      return alert({ system: OWN, code: event, display: 'A use of break-glass was reviewed' });
    case 'legal-hold':
      return alert(dcm('110135', 'Object Security Attributes Changed'));
    case 'audit-gap':
      return alert(dcm('110133', 'Audit Recording Stopped'));
    case 'audit-config':
      return alert(
        detail?.['act'] === 'start'
          ? dcm('110134', 'Audit Recording Started')
          : SECURITY_CONFIGURATION,
      );
    case 'key-rotate':
    case 'key-destroy':
      return alert(SECURITY_CONFIGURATION);
  }
}

export function fhirProfile(
  [withPatient, without]: readonly [string, string],
  record: AuditRecord,
): string {
  const name = record.patient === undefined ? without : withPatient;
  return `${BALP}/StructureDefinition/IHE.BasicAudit.${name}`;
}

export function purposeCoding(code: string): FhirCoding {
  return { system: `${TERMINOLOGY}/v3-ActReason`, code };
}

/** Labels of confidentiality by their own terminology, others as they are. */
export function labelCoding(label: string): FhirCoding {
  if (!isFhirCode(label)) return { display: label };
  const isConfidentiality = /^[ULMNRV]$/.test(label);
  return isConfidentiality
    ? { system: `${TERMINOLOGY}/v3-Confidentiality`, code: label }
    : { code: label };
}

/** A role by its code, or as a text where no code is like that. */
export function roleConcept(role: string): FhirConcept {
  return isFhirCode(role) ? { coding: [{ code: role }] } : { text: role };
}

function participation(code: string, display: string): FhirCoding {
  return coding(`${TERMINOLOGY}/v3-ParticipationType`, code, display);
}
