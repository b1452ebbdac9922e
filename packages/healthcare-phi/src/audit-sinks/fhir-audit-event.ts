/** A code of a terminology. */
export interface FhirCoding {
  system?: string;
  code?: string;
  display?: string;
}

export interface FhirConcept {
  coding?: FhirCoding[];
  text?: string;
}

/** Names somebody or something, by a reference or an identifier. */
interface FhirReference {
  reference?: string;
  type?: 'Patient';
  identifier?: { system?: string; value: string };
  display?: string;
}

export interface FhirAuditAgent {
  type?: FhirConcept;
  role?: FhirConcept[];
  who: FhirReference;
  requestor: boolean;
  network?: { address: string; type: '1' | '2' | '5' };
  purposeOfUse?: FhirConcept[];
}

export interface FhirAuditEntity {
  what?: FhirReference;
  type?: FhirCoding;
  role?: FhirCoding;
  lifecycle?: FhirCoding;
  securityLabel?: FhirCoding[];
  name?: string;
  detail?: { type: string; valueString: string }[];
}

/** The members of a FHIR R4 AuditEvent that records are mapped to. */
export interface FhirAuditEvent {
  resourceType: 'AuditEvent';
  meta?: { profile: string[] };
  type: FhirCoding;
  subtype?: FhirCoding[];
  action: 'C' | 'R' | 'U' | 'D' | 'E';
  recorded: string;
  outcome: '0' | '4' | '8' | '12';
  outcomeDesc?: string;
  purposeOfEvent?: FhirConcept[];
  agent: FhirAuditAgent[];
  source: { site?: string; observer: FhirReference; type: FhirCoding[] };
  entity?: FhirAuditEntity[];
}
