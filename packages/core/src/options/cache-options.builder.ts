import type { CacheOptions } from './cache-options.js';
import { CACHE_DEFAULTS } from './cache-options.js';
import { DATA_KIND_OPTIONS, type DataKind } from './data-kinds.js';
import { resolveOptions } from './resolve-options.js';

type Value<K extends keyof CacheOptions> = NonNullable<CacheOptions[K]>;

/** A builder, or a class that extends it. */
type BuilderClass<B extends CacheOptionsBuilder> = (new (options: CacheOptions) => B) & {
  startOf(kind: DataKind): CacheOptions;
};

/**
 * Builds {@link CacheOptions} step by step; each step returns a new builder, so that a common start can be shared. A
 * package that extends it overrides `startOf` to say what the kinds of data begin with, and adds steps with `with`.
 *
 * @example CacheOptionsBuilder.forPatient().ttl(1800).tags(['patient_data', 'phi_data']).build()
 */
export class CacheOptionsBuilder {
  readonly #options: CacheOptions;

  /** Use `create`, `from` or one of the kinds of data. */
  constructor(options: CacheOptions = {}) {
    this.#options = options;
  }

  static create<B extends CacheOptionsBuilder>(this: BuilderClass<B>): B {
    return new this({});
  }

  /** Starts from options that exist. */
  static from<B extends CacheOptionsBuilder>(this: BuilderClass<B>, options: CacheOptions): B {
    return new this({ ...options });
  }

  /** What is known about the patient: 1 hour, needs `@vitalcache/healthcare-phi`, as do all the kinds below. */
  static forPatient<B extends CacheOptionsBuilder>(this: BuilderClass<B>): B {
    return new this(this.startOf('patient'));
  }

  /** Profile and schedule of a doctor: 2 hours. */
  static forDoctor<B extends CacheOptionsBuilder>(this: BuilderClass<B>): B {
    return new this(this.startOf('doctor'));
  }

  /** What belongs to a clinic and to nobody in it: 4 hours. */
  static forClinic<B extends CacheOptionsBuilder>(this: BuilderClass<B>): B {
    return new this(this.startOf('clinic'));
  }

  /** 30 minutes. */
  static forAppointment<B extends CacheOptionsBuilder>(this: BuilderClass<B>): B {
    return new this(this.startOf('appointment'));
  }

  /** 30 minutes. */
  static forPrescription<B extends CacheOptionsBuilder>(this: BuilderClass<B>): B {
    return new this(this.startOf('prescription'));
  }

  /** 2 hours. */
  static forMedicalHistory<B extends CacheOptionsBuilder>(this: BuilderClass<B>): B {
    return new this(this.startOf('medicalHistory'));
  }

  /** 1 hour. */
  static forLabResults<B extends CacheOptionsBuilder>(this: BuilderClass<B>): B {
    return new this(this.startOf('labResults'));
  }

  /** Allergies, blood group, contacts: 5 minutes, first in line. */
  static forEmergency<B extends CacheOptionsBuilder>(this: BuilderClass<B>): B {
    return new this(this.startOf('emergency'));
  }

  /** What a kind of data begins with; every step may change it. */
  static startOf(kind: DataKind): CacheOptions {
    return DATA_KIND_OPTIONS[kind];
  }

  ttl(ttl: Value<'ttl'>): this {
    return this.with({ ttl });
  }

  staleTime(staleTime: Value<'staleTime'>): this {
    return this.with({ staleTime });
  }

  enableSwr(enableSwr = true): this {
    return this.with({ enableSwr, useSwr: undefined, enableSWR: undefined });
  }

  forceRefresh(forceRefresh = true): this {
    return this.with({ forceRefresh });
  }

  compress(compress = true): this {
    return this.with({ compress });
  }

  priority(priority: Value<'priority'>): this {
    return this.with({ priority });
  }

  /** Replaces the tags of earlier steps. */
  tags(tags: Value<'tags'>): this {
    return this.with({ tags });
  }

  consistency(consistency: Value<'consistency'>): this {
    return this.with({ consistency });
  }

  after(after: Value<'after'>): this {
    return this.with({ after });
  }

  since(since: Value<'since'>): this {
    return this.with({ since, loadedAfter: undefined });
  }

  softTimeoutMs(softTimeoutMs: number): this {
    return this.with({ softTimeoutMs });
  }

  hardTimeoutMs(hardTimeoutMs: number): this {
    return this.with({ hardTimeoutMs });
  }

  staleIfErrorMs(staleIfErrorMs: number): this {
    return this.with({ staleIfErrorMs });
  }

  earlyRefresh(earlyRefresh: number): this {
    return this.with({ earlyRefresh });
  }

  adaptive(adaptive: Value<'adaptive'>): this {
    return this.with({ adaptive });
  }

  isolation(isolation: Value<'isolation'>): this {
    return this.with({ isolation });
  }

  tenant(tenant: string): this {
    return this.with({ tenant });
  }

  serializer(serializer: Value<'serializer'>): this {
    return this.with({ serializer });
  }

  project(project: Value<'project'>): this {
    return this.with({ project });
  }

  negativeTtlMs(negativeTtlMs: number): this {
    return this.with({ negativeTtlMs });
  }

  jitterRatio(jitterRatio: number): this {
    return this.with({ jitterRatio });
  }

  template(template: string): this {
    return this.with({ template });
  }

  containsPHI(containsPHI = true): this {
    return this.with({ containsPHI });
  }

  complianceLevel(complianceLevel: Value<'complianceLevel'>): this {
    return this.with({ complianceLevel });
  }

  emergencyData(emergencyData = true): this {
    return this.with({ emergencyData });
  }

  patientSpecific(patientSpecific = true): this {
    return this.with({ patientSpecific });
  }

  doctorSpecific(doctorSpecific = true): this {
    return this.with({ doctorSpecific });
  }

  clinicSpecific(clinicSpecific = true): this {
    return this.with({ clinicSpecific });
  }

  subject(subject: Value<'subject'>): this {
    return this.with({ subject });
  }

  encrypt(encrypt = true): this {
    return this.with({ encrypt });
  }

  labels(labels: Value<'labels'>): this {
    return this.with({ labels });
  }

  /**
   * The options, checked and frozen with all that they hold: used for many calls they are resolved once.
   * @throws CacheError `OPTION_INVALID`, `TAG_INVALID`
   */
  build(): Readonly<CacheOptions> {
    const written = Object.entries(this.#options).filter(([, value]) => value !== undefined);
    const options = Object.fromEntries(written) as CacheOptions;
    resolveOptions(options, CACHE_DEFAULTS);
    const { tags, adaptive, project, subject, labels } = options;
    return Object.freeze({
      ...options,
      ...(Array.isArray(tags) && { tags: Object.freeze([...(tags as readonly string[])]) }),
      ...(project && { project: Object.freeze([...project]) }),
      ...(adaptive && { adaptive: Object.freeze({ ...adaptive }) }),
      ...(subject && { subject: Object.freeze({ ...subject }) }),
      ...(labels && { labels: Object.freeze([...labels]) }),
    });
  }

  /** One step: these options in place of what earlier steps said. */
  protected with(more: CacheOptions): this {
    const Builder = this.constructor as new (options: CacheOptions) => this;
    return new Builder({ ...this.#options, ...more });
  }
}
