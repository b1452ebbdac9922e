import {
  CacheService,
  type CacheConfig,
  type CacheOptions,
  type ICacheProvider,
  type InvalidationOptions,
  type InvalidationResult,
  type Loader,
} from '@vitalcache/core';

import { keyOfParts } from './data-parts.js';
import type { EmergencyResult } from './emergency/emergency-result.js';
import type { ClearOptions, ErasableCache, EraseReason } from './erasure/erasure.js';
import type { ErasureReceipt } from './erasure/erasure-receipt.js';
import type { PurgeResult } from './erasure/purge.job.js';
import { CallOptions, type CallTerms } from './healthcare-call.js';
import { coveringAppointment } from './healthcare-coverage.js';
import { healthcareTerms, type HealthcareTerms } from './healthcare-terms.js';
import type {
  AppointmentOptions,
  EmergencyDataOptions,
  MedicalHistoryOptions,
  PatientRecordsOptions,
} from './healthcare-options.js';
import { partsIn, type HealthcareParts } from './healthcare.parts.js';
import { assertOwnPattern } from './subjects/own-pattern.js';
import { assertIds, HealthcareKeyFactory } from './subjects/healthcare-key.factory.js';
import { topicsOf } from './subjects/key-convention.js';
import {
  coveringPerson,
  coveringRole,
  coveringTag,
  coveringTopic,
} from './subjects/subject-tags.js';

/**
 * The cache with methods for healthcare data. Whatever they cache is sealed, kept apart by tenant and clinic, and recorded
 * in the audit; their invalidations reject when they were not recorded. All of it needs an access context
 * (`runWithAccess`).
 */
export class HealthcareCacheService extends CacheService<HealthcareKeyFactory> {
  readonly #parts: HealthcareParts;
  readonly #terms: HealthcareTerms;
  readonly #options: CallOptions;

  /** @throws CacheError `CONFIG_INVALID` without `healthcarePlugin()` among the plugins */
  constructor(provider: ICacheProvider, config: CacheConfig<HealthcareKeyFactory> = {}) {
    const parts = partsIn(config.plugins ?? []);
    super(provider, { ...config, keyFactory: config.keyFactory ?? new HealthcareKeyFactory() });
    this.#parts = parts;
    this.#terms = healthcareTerms(parts.ttls);
    this.#options = new CallOptions(parts.policy);
    const { namespace } = this;
    const invalidateCacheByTags: ErasableCache['invalidateCacheByTags'] = (tags, options) =>
      super.invalidateCacheByTags(tags, options);
    parts.join({ namespace, invalidateCacheByTags }, provider, this.storeKeeper);
  }

  /** What is known of a patient at a clinic; clinic `default`: apart from any. */
  cachePatientRecords<T>(
    patientId: string,
    clinicId: string,
    load: Loader<T>,
    { includeHistory, includePrescriptions, includeVitals, ...options }: PatientRecordsOptions = {},
  ): Promise<T> {
    const key = this.getKeyFactory().patient(patientId, clinicId, 'records');
    const parts = {
      history: includeHistory,
      prescriptions: includePrescriptions,
      vitals: includeVitals,
    };
    return this.#read(keyOfParts(key, parts), load, options, this.#terms.patientRecords);
  }

  cacheMedicalHistory<T>(
    patientId: string,
    clinicId: string,
    load: Loader<T>,
    { timeRange, includeTests, includeImages, ...options }: MedicalHistoryOptions = {},
  ): Promise<T> {
    const key = this.getKeyFactory().medicalHistory(patientId, clinicId);
    const parts = { 'lab-results': includeTests, images: includeImages };
    const whole = keyOfParts(key, parts, timeRange);
    return this.#read(whole, load, options, this.#terms.medicalHistory);
  }

  cachePrescriptions<T>(
    patientId: string,
    clinicId: string,
    load: Loader<T>,
    options: CacheOptions = {},
  ): Promise<T> {
    const key = this.getKeyFactory().prescriptions(patientId, clinicId);
    return this.#read(key, load, options, this.#terms.prescriptions);
  }

  cacheLabResults<T>(
    patientId: string,
    clinicId: string,
    load: Loader<T>,
    options: CacheOptions = {},
  ): Promise<T> {
    const key = this.getKeyFactory().labResults(patientId, clinicId);
    return this.#read(key, load, options, this.#terms.labResults);
  }

  cacheAppointment<T>(
    appointmentId: string,
    clinicId: string,
    load: Loader<T>,
    { patientId, doctorId, ...options }: AppointmentOptions = {},
  ): Promise<T> {
    const key = this.getKeyFactory().appointmentAt(appointmentId, clinicId);
    const subject = {
      ...(patientId !== undefined && { patientId }),
      ...(doctorId !== undefined && { doctorId }),
    };
    assertIds(subject);
    return this.#read(key, load, options, {
      ...this.#terms.appointment,
      isAnybodys: patientId === undefined,
      ...(Object.keys(subject).length > 0 && { subject }),
    });
  }

  cacheDoctorProfile<T>(
    doctorId: string,
    clinicId: string,
    load: Loader<T>,
    options: CacheOptions = {},
  ): Promise<T> {
    const key = this.getKeyFactory().doctorProfile(doctorId, clinicId);
    return this.#read(key, load, options, this.#terms.doctorProfile);
  }

  /** Read up to the head of the journal, so that nobody is booked twice. @param date `YYYY-MM-DD` */
  cacheDoctorSchedule<T>(
    doctorId: string,
    clinicId: string,
    date: string,
    load: Loader<T>,
    options: CacheOptions = {},
  ): Promise<T> {
    return this.#read(
      this.getKeyFactory().doctorScheduleAt(doctorId, clinicId, date),
      load,
      options,
      this.#terms.doctorSchedule,
    );
  }

  /** @param what such as `doctors`; lists of appointments, schedules and free slots are read as {@link cacheDoctorSchedule} */
  cacheClinicData<T>(
    clinicId: string,
    what: string,
    load: Loader<T>,
    options: CacheOptions = {},
  ): Promise<T> {
    const isOfBookings = topicsOf([what]).includes('bookings');
    const terms = isOfBookings ? this.#terms.clinicBookings : this.#terms.clinicData;
    return this.#read(this.getKeyFactory().clinic(clinicId, what), load, options, terms);
  }

  /**
   * Data for an emergency, of no clinic; with its age, which may be beyond its time to live when its source fails.
   * `staleIfErrorMs`: for how long then, instead of what the plugin says.
   */
  cacheEmergencyData<T>(
    patientId: string,
    load: Loader<T>,
    { what, staleIfErrorMs, ...options }: EmergencyDataOptions = {},
  ): Promise<EmergencyResult<T>> {
    const key = this.getKeyFactory().emergency(patientId, what);
    const own = this.#options.of(this.#terms.emergency, options);
    return this.#parts.emergency.result(() => this.read(key, load, own), staleIfErrorMs);
  }

  /** All of a patient at a clinic, and what has none; without a clinic: at all of them. */
  invalidatePatientCache(
    patientId: string,
    clinicId?: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    assertIds({ patientId, ...(clinicId !== undefined && { clinicId }) });
    return this.#invalidate(coveringPerson('patient', patientId, clinicId), options);
  }

  /** Profile, schedules and lists of a doctor at a clinic, and what has none; without a clinic: at all of them. */
  invalidateDoctorCache(
    doctorId: string,
    clinicId?: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    assertIds({ doctorId, ...(clinicId !== undefined && { clinicId }) });
    return this.#invalidate(coveringPerson('doctor', doctorId, clinicId), options);
  }

  /**
   * An appointment, and the lists and schedules of its patient, its doctor and its clinic; no records. Where patient or
   * doctor is left out, those of everybody at the clinic.
   */
  invalidateAppointmentCache(
    appointmentId: string,
    patientId?: string,
    doctorId?: string,
    clinicId?: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    const parties = Object.entries({ patientId, doctorId, clinicId });
    const told = Object.fromEntries(parties.filter(([, id]) => id !== undefined));
    assertIds({ appointmentId, ...told });
    return this.#invalidate(coveringAppointment(appointmentId, told), options);
  }

  /** Everything at a clinic. */
  invalidateClinicCache(
    clinicId: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    assertIds({ clinicId });
    return this.#invalidate(coveringRole('clinic', clinicId), options);
  }

  /** Prescriptions, and records that include them; without a clinic: at all of them. */
  invalidatePrescriptionCache(
    patientId: string,
    clinicId?: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    assertIds({ patientId, ...(clinicId !== undefined && { clinicId }) });
    return this.#invalidate(
      coveringTopic('prescriptions', 'patient', patientId, clinicId),
      options,
    );
  }

  /** Lab results, and histories that include them; without a clinic: at all of them. */
  invalidateLabResultsCache(
    patientId: string,
    clinicId?: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    assertIds({ patientId, ...(clinicId !== undefined && { clinicId }) });
    return this.#invalidate(coveringTopic('labResults', 'patient', patientId, clinicId), options);
  }

  /** As in `CacheService`; an entry is also one of protected data, in the tenant of whoever asks, for whomever it is kept. */
  override async del(key: string): Promise<boolean> {
    const count = Number(await super.del(key));
    return ((await this.#parts.removeKeys([key], count)) ?? count) > 0;
  }

  /** As {@link del}, for several keys. */
  override async batchDelete(keys: readonly string[]): Promise<number> {
    const count = await super.batchDelete(keys);
    return (await this.#parts.removeKeys(keys, count)) ?? count;
  }

  /** As in `CacheService`; what is removed is counted as by {@link del}. */
  override async invalidateCache(
    key: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    const result = await super.invalidateCache(key, options);
    if (!result.recorded || options?.mode === 'stale') return result;
    return { ...result, removed: await this.#parts.removeKeys([key], result.removed) };
  }

  /** As in `CacheService`; `patient:7` is all of that patient, at whatever clinic, however it was stored. */
  override invalidateCacheByTag(
    tag: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    const tags = typeof tag === 'string' ? coveringTag(tag) : [tag];
    return tags.length === 1
      ? super.invalidateCacheByTag(tag, options)
      : this.#removed(super.invalidateCacheByTags(tags, options), tags, options);
  }

  /** As {@link invalidateCacheByTag}, for several tags in one step. */
  override invalidateCacheByTags(
    tags: readonly string[],
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) {
      return super.invalidateCacheByTags(tags, options); // refused as what it is
    }
    const all = [...new Set(tags.flatMap(coveringTag))];
    return this.#removed(super.invalidateCacheByTags(all, options), all, options);
  }

  /**
   * As in `CacheService`.
   * @throws CacheError also `PATTERN_INVALID` for a wildcard inside the id of a person: who else would be meant?
   */
  override async invalidateCacheByPattern(
    pattern: string,
    options?: InvalidationOptions,
  ): Promise<InvalidationResult> {
    assertOwnPattern(pattern);
    return super.invalidateCacheByPattern(pattern, options);
  }

  /**
   * Clears all protected health information; resolves with the number of entries that were removed physically. Another tenant
   * than one's own, or all, is asked of `authorize`; without it only who works in the tenant `default` may clear all.
   * @throws CacheError `ACCESS_DENIED`, `LEGAL_HOLD`, `NOT_RECORDED`, `ACCESS_MISSING`; what the key store rejects with;
   * `STORE_TIMEOUT` when all else is done, and the store did not answer while entries were removed
   */
  clearPHICache(options: ClearOptions = {}): Promise<number> {
    return this.#parts.erasure.clear(options);
  }

  /**
   * Erases what is cached of a patient in the tenant of whoever asks, with their keys, and gives a signed receipt of it. The
   * source, other systems and their backups are the deployer's.
   * @throws CacheError `LEGAL_HOLD`, `NOT_RECORDED`, `ACCESS_MISSING`, `ACCESS_DENIED`; what the key store rejects with.
   * `NOT_RECORDED` has the receipt as its cause where the patient is erased, and only the end is not on record, or the receipt
   * not kept
   */
  erasePatient(patientId: string, options: EraseReason = {}): Promise<ErasureReceipt> {
    assertIds({ patientId });
    return this.#parts.erasure.erasePatient(patientId, options);
  }

  /** Housekeeping for the night: see {@link PurgeResult}. @throws CacheError `ACCESS_DENIED`; outside of a context it is `system`'s */
  purge(options: { readonly deadlineMs?: number } = {}): Promise<PurgeResult> {
    return this.#parts.purge.run(options);
  }

  #read<T>(key: string, load: Loader<T>, options: CacheOptions, terms: CallTerms): Promise<T> {
    return this.cache(key, load, this.#options.of(terms, options));
  }

  #invalidate(
    tags: readonly string[],
    options: InvalidationOptions = {},
  ): Promise<InvalidationResult> {
    const own: InvalidationOptions = { whenQueued: 'throw', ...options };
    return this.#removed(super.invalidateCacheByTags(tags, own), tags, own);
  }

  /** What is invalid is removed too, as far as the index knows it. */
  async #removed(
    invalidation: Promise<InvalidationResult>,
    tags: readonly string[],
    { mode }: InvalidationOptions = {},
  ): Promise<InvalidationResult> {
    const result = await invalidation;
    if (!result.recorded || mode === 'stale') return result;
    return { ...result, removed: await this.#parts.remove(tags) };
  }
}
