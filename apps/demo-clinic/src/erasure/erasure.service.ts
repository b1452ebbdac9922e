import { ConflictException, ForbiddenException, Injectable } from '@nestjs/common';
import {
  currentAccess,
  HealthcareCacheService,
  LegalHolds,
  type ErasureReceipt,
} from '@vitalcache/healthcare-phi';

import { AppointmentsRepository } from '../appointments/appointments.repository.js';
import { InvalidationService } from '../caching/invalidation.service.js';
import { PatientsRepository } from '../patients/patients.repository.js';

/** What became of a request to be forgotten. */
export interface Erased {
  /** False when there were none any more, such as when it is asked a second time. */
  readonly rowsDeleted: boolean;
  /** Signed, of what was cached and of the keys. */
  readonly receipt: ErasureReceipt;
}

/** Forgets patients: rows first, then what is cached of them and the keys of that, so that nothing is read back in. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly patients: PatientsRepository,
    private readonly appointments: AppointmentsRepository,
    private readonly cache: HealthcareCacheService,
    private readonly holds: LegalHolds,
    private readonly invalidation: InvalidationService,
  ) {}

  /**
   * May be asked again when the cache could not be told: then what is left is done.
   * @throws ForbiddenException, ConflictException while a legal hold is on; CacheError `NOT_RECORDED`
   */
  async erase(patientId: string, reason: string): Promise<Erased> {
    if (currentAccess()?.roles.includes('receptionist')) {
      throw new ForbiddenException(
        'The front desk takes such wishes and hands them on: a doctor or the records office deletes data',
      );
    }
    if (await this.isHeld(patientId)) {
      throw new ConflictException(
        'These data are needed in a legal matter and can’t be deleted yet. The records office knows more, and lifts the hold once the matter is settled',
      );
    }
    const booked = await this.appointments.byPatient(patientId);
    const rowsDeleted = await this.patients.delete(patientId);
    await Promise.all([
      this.invalidation.appointmentsChanged(...booked),
      this.invalidation.listsChanged(),
    ]);
    const receipt = await this.cache.erasePatient(patientId, { reason });
    return { rowsDeleted, receipt };
  }

  /** Whether a legal hold is on a patient. */
  isHeld(patientId: string): Promise<boolean> {
    return this.holds.isHeld({ tenant: currentAccess()?.tenant ?? 'default', patientId });
  }

  /** @throws ForbiddenException for all but the records office */
  async hold(patientId: string, reason: string): Promise<void> {
    this.#assertRecordsOffice();
    await this.holds.place({ patientId, reason });
  }

  /** @throws ForbiddenException for all but the records office */
  async release(patientId: string, reason: string): Promise<void> {
    this.#assertRecordsOffice();
    await this.holds.lift({ patientId, reason });
  }

  #assertRecordsOffice(): void {
    if (currentAccess()?.roles.includes('records-office')) return;
    throw new ForbiddenException('Only the records office places and lifts legal holds');
  }
}
