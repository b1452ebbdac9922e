import { CacheError } from '../errors/cache.error.js';
import { KeyTemplate, type KeyValue } from './key-template.js';

/** Makes keys by convention, so that the place that reads and the place that invalidates agree. */
export interface ICacheKeyFactory {
  /** A key from a template such as `users:{id}` and the values of its placeholders. */
  key(template: string, values: Readonly<Record<string, KeyValue>>): string;
}

/**
 * The conventions for keys. Every value is escaped; ids of patients, doctors, clinics and appointments must be strings
 * (a number would make `7` and `'007'` differ by accident of type).
 */
export class CacheKeyFactory implements ICacheKeyFactory {
  readonly #templates = new Map<string, KeyTemplate>();

  /** @throws CacheError `KEY_INVALID` naming a placeholder without a value, or one that can't stand in a key. */
  key(template: string, values: Readonly<Record<string, KeyValue>>): string {
    return this.#template(template).render((name) => {
      if (Object.hasOwn(values, name)) return values[name];
      throw new CacheError(
        'KEY_INVALID',
        `The key template ${template} needs a value for {${name}}; given: ${Object.keys(values).join(', ') || 'none'}.`,
      );
    });
  }

  /** `users:{id}` */
  user(id: string | number): string {
    return this.key('users:{id}', { id });
  }

  /** `products:{category}:{id}` */
  product(category: string, id: string | number): string {
    return this.key('products:{category}:{id}', { category, id });
  }

  /** `patient:{patientId}:clinic:{clinicId}:{what}` */
  patient(patientId: string, clinicId: string, what = 'records'): string {
    return this.#ofIds('patient:{patientId}:clinic:{clinicId}:{what}', {
      patientId,
      clinicId,
      what,
    });
  }

  /** `patient:{patientId}:profile` */
  patientProfile(patientId: string): string {
    return this.#ofIds('patient:{patientId}:profile', { patientId });
  }

  /** `medical:{patientId}:clinic:{clinicId}:history` */
  medicalHistory(patientId: string, clinicId: string): string {
    return this.#ofIds('medical:{patientId}:clinic:{clinicId}:history', { patientId, clinicId });
  }

  /** `prescriptions:{patientId}:clinic:{clinicId}` */
  prescriptions(patientId: string, clinicId: string): string {
    return this.#ofIds('prescriptions:{patientId}:clinic:{clinicId}', { patientId, clinicId });
  }

  /** `appointment:{appointmentId}:{what}` */
  appointment(appointmentId: string, what = 'details'): string {
    return this.#ofIds('appointment:{appointmentId}:{what}', { appointmentId, what });
  }

  /** `doctor:{doctorId}:schedule:{date}`, the date as `YYYY-MM-DD`. */
  doctorSchedule(doctorId: string, date: string): string {
    return this.#ofIds('doctor:{doctorId}:schedule:{date}', { doctorId, date });
  }

  /** `clinic:{clinicId}:{what}` */
  clinic(clinicId: string, what = 'doctors'): string {
    return this.#ofIds('clinic:{clinicId}:{what}', { clinicId, what });
  }

  /** `search:{query}:{page}` */
  search(query: string, page: number): string {
    return this.key('search:{query}:{page}', { query, page });
  }

  /** `filter:{category}:{price}` */
  filter(category: string, price: string | number): string {
    return this.key('filter:{category}:{price}', { category, price });
  }

  #ofIds(template: string, ids: Readonly<Record<string, string>>): string {
    for (const name in ids) {
      const id: unknown = ids[name];
      if (typeof id !== 'string' || id === '') {
        throw new CacheError(
          'KEY_INVALID',
          `${name} must be a string that is not empty; got ${typeof id}.`,
        );
      }
    }
    return this.key(template, ids);
  }

  #template(source: string): KeyTemplate {
    let template = this.#templates.get(source);
    if (!template) {
      template = new KeyTemplate(source);
      if (this.#templates.size < 1_000) this.#templates.set(source, template);
    }
    return template;
  }
}
