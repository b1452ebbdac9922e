import { Inject, Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import type { EmergencyContactsTable } from '../database/schema.js';
import { SlowSource } from '../database/slow-source.js';

/** Somebody to call for a patient. */
export type EmergencyContact = Selectable<EmergencyContactsTable>;

/** Reads emergency contacts. */
@Injectable()
export class EmergencyContactsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly source: SlowSource,
  ) {}

  /** Whom to call for a patient, in the order of calling; empty also when there is no such patient. */
  byPatient(patientId: string): Promise<EmergencyContact[]> {
    return this.source.read(() =>
      this.db
        .selectFrom('emergencyContacts')
        .selectAll()
        .where('patientId', '=', patientId)
        .orderBy('id')
        .execute(),
    );
  }
}
