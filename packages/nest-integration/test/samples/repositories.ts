import { Injectable } from '@nestjs/common';

/** The source behind a sample: each call is counted, so that what came from the cache shows. */
@Injectable()
export class UserRepository {
  calls = 0;

  async find(_where?: object): Promise<{ name: string; call: number }[]> {
    return [{ name: 'ada', call: ++this.calls }];
  }

  async findUnique({ where }: { where: { id: string } }) {
    return { id: where.id, call: ++this.calls };
  }

  async findOne(id: string) {
    return { id, call: ++this.calls };
  }

  async findById(id: string) {
    return this.findOne(id);
  }

  async delete(id: string) {
    return { deleted: id };
  }
}

/** As {@link UserRepository}, of a hospital. */
@Injectable()
export class PatientRepository {
  calls = 0;

  async getRecords(patientId: string, clinicId: string) {
    return { patientId, clinicId, call: ++this.calls };
  }

  async getHistory(patientId: string, clinicId: string) {
    return this.getRecords(patientId, clinicId);
  }

  async getMedicalHistory(patientId: string, clinicId: string) {
    return this.getRecords(patientId, clinicId);
  }

  async getProfile(patientId: string) {
    return { patientId, call: ++this.calls };
  }

  async getContacts(patientId: string) {
    return this.getProfile(patientId);
  }

  async getEmergencyContacts(patientId: string) {
    return this.getProfile(patientId);
  }

  async update(patientId: string, data: object) {
    return { patientId, ...data };
  }

  async updateRecord(patientId: string, clinicId: string, data: object) {
    return { patientId, clinicId, ...data };
  }

  async delete(patientId: string) {
    return { deleted: patientId };
  }
}
