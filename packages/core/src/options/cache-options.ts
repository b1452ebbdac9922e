import type { Fence } from '../journal/fence.js';
import type { Admission } from '../protection/admission.js';
import type { ComplianceLevel } from '../protection/compliance-level.js';

/** How soon a refresh gets its turn when there is more to do than time. */
export type CachePriority = 'critical' | 'high' | 'normal' | 'low';

/**
 * `eventual` trusts what this process has read of the journal; `strong` first reads the journal up to its head, so
 * that nothing invalidated before the call, by whatever process, is returned.
 */
export type Consistency = 'eventual' | 'strong';

/** Seconds, or a duration such as `'90s'`, `'5m'`, `'2h'`, `'1d'`. */
export type Duration = number | string;

/**
 * How callers are kept from changing each other's values. `freeze`: one deeply frozen value for all (insides of Date,
 * Map, Set and binary data are copied); `clone`: a copy of its own for every caller; `shared`: one value for all, and
 * nobody may change it.
 */
export type Isolation = 'freeze' | 'clone' | 'shared';

/** Bounds within which the fresh time of a key moves: up while refreshes find nothing new, down when they do. */
export interface AdaptiveStaleTime {
  readonly minStaleTime: Duration;
  /** At most the `ttl`. */
  readonly maxStaleTime: Duration;
}

/** Whom data is about, by ids. Absent: nobody of that kind, or told by the key. */
export interface DataSubject {
  readonly patientId?: string;
  readonly doctorId?: string;
  readonly clinicId?: string;
  readonly appointmentId?: string;
}

/** Turns an application's own objects into plain data and back; a loader's value passes through it, and each answer. */
export interface ValueSerializer {
  /** Names what it makes: protected data that is made by serializers of different names is kept apart. Absent: no name. */
  readonly id?: string;
  toCache(value: never): unknown;
  fromCache(stored: never): unknown;
}

/** What a caller may ask of one call. All of it is optional; `ttl` and `staleTime` are seconds. */
export interface CacheOptions {
  /** How long a value is served. 0: not cached at all. */
  readonly ttl?: Duration;
  /**
   * Age from which a value is stale: still served up to `ttl`, and refreshed meanwhile. Half the `ttl` if not given;
   * equal to `ttl`: never stale.
   */
  readonly staleTime?: Duration;
  /** Whether stale values are served while they are refreshed. Default: true. */
  readonly enableSwr?: boolean;
  /** Another spelling of `enableSwr`. */
  readonly useSwr?: boolean;
  /** Another spelling of `enableSwr`. */
  readonly enableSWR?: boolean;
  /** Loads whatever is cached, and stores what it loaded. */
  readonly forceRefresh?: boolean;
  /** Compresses the value if it is large and compression helps. */
  readonly compress?: boolean;
  readonly priority?: CachePriority;
  /** Names to invalidate by; computed from the value if it is a function (`null` has none then). */
  readonly tags?: readonly string[] | ((value: never) => readonly string[]);
  readonly consistency?: Consistency;
  /** A token (`tokenOf`) of an invalidation that the answer must have seen, of whatever process. */
  readonly after?: string;
  /**
   * The fence from before the value was looked up, if that was before this call: its transaction may be older. `null`,
   * which a context's `fence` may be: the value is not stored.
   */
  readonly since?: Fence | null;
  /** Another spelling of `since`. */
  readonly loadedAfter?: Fence | null;
  /** With an expired or stale value at hand: how long to wait for the loader before that is served. 0: without limit. */
  readonly softTimeoutMs?: number;
  /** How long a load may take before its signal fires and the call rejects. 0: without limit. */
  readonly hardTimeoutMs?: number;
  /** How long beyond its `ttl` a value is kept, to be served when the loader fails or is slow. Default: 0. */
  readonly staleIfErrorMs?: number;
  /**
   * How eagerly hot values are refreshed shortly before they get stale (beta of XFetch); 0: never. Default: 1.
   * Needs a strategy that refreshes in the background.
   */
  readonly earlyRefresh?: number;
  /** Lets the stale time follow how often the value really changes. */
  readonly adaptive?: AdaptiveStaleTime;
  /** Default: `freeze`. */
  readonly isolation?: Isolation;
  /** Whose quota of this process's memory the entry counts against; never part of the key. */
  readonly tenant?: string;
  readonly serializer?: ValueSerializer;
  /**
   * The members that are kept of a value, or of each element if it is a list; `address.city` names one of a member.
   * Nothing else is stored or returned.
   */
  readonly project?: readonly string[];
  /** How long "there is nothing" (`null`) is cached, in milliseconds; never longer than `ttl`. */
  readonly negativeTtlMs?: number;
  /** Share of the `ttl` by which it is shortened at random, so that entries of one time don't expire at once. */
  readonly jitterRatio?: number;
  /** A word for logs and metrics, never an id; a decorator puts its key template here. */
  readonly template?: string;
  /** Holds protected health information; needs `@vitalcache/healthcare-phi`. */
  readonly containsPHI?: boolean;
  /** Needs `@vitalcache/healthcare-phi` if it is above `standard`. */
  readonly complianceLevel?: ComplianceLevel;
  /** Needs `@vitalcache/healthcare-phi`. */
  readonly emergencyData?: boolean;
  /** Needs `@vitalcache/healthcare-phi`. */
  readonly patientSpecific?: boolean;
  /** Needs `@vitalcache/healthcare-phi`. */
  readonly doctorSpecific?: boolean;
  /** Needs `@vitalcache/healthcare-phi`. */
  readonly clinicSpecific?: boolean;
  /** Whom it is about, if neither a placeholder nor the key says so; needs `@vitalcache/healthcare-phi`. */
  readonly subject?: DataSubject;
  /** Seals what is no health information, such as sessions; needs `@vitalcache/healthcare-phi`. */
  readonly encrypt?: boolean;
  /** Security labels of protected data, such as FHIR's `R` or `HIV`. */
  readonly labels?: readonly string[];
}

/** {@link CacheOptions} complete, checked and in milliseconds: what everything behind the edge works with. */
export interface ResolvedCacheOptions {
  readonly ttlMs: number;
  /** What a loader may set the time to live to; `Infinity` where nothing bounds it. */
  readonly maxTtlMs: number;
  /** Age from which it is stale; equal to `ttlMs` when it never is. */
  readonly staleMs: number;
  readonly enableSwr: boolean;
  readonly forceRefresh: boolean;
  readonly compress: boolean;
  readonly priority: CachePriority;
  readonly tags: readonly string[] | ((value: never) => readonly string[]);
  readonly consistency: Consistency;
  readonly after: string | null;
  readonly since: Fence | null;
  /** 0: without limit. */
  readonly softTimeoutMs: number;
  /** 0: without limit. */
  readonly hardTimeoutMs: number;
  readonly staleIfErrorMs: number;
  readonly earlyRefresh: number;
  readonly adaptive: { readonly minStaleMs: number; readonly maxStaleMs: number } | null;
  readonly isolation: Isolation;
  readonly tenant: string | null;
  /** With what `project` keeps, if that was given. */
  readonly serializer: ValueSerializer | null;
  readonly negativeTtlMs: number;
  readonly jitterRatio: number;
  readonly template: string;
  readonly containsPHI: boolean;
  readonly complianceLevel: ComplianceLevel;
  readonly emergencyData: boolean;
  readonly patientSpecific: boolean;
  readonly doctorSpecific: boolean;
  readonly clinicSpecific: boolean;
  readonly subject: DataSubject | null;
  readonly encrypt: boolean;
  readonly labels: readonly string[];
  /** What the protection made of a call on protected data; `null` before it did, and for everything else. */
  readonly admission: Admission | null;
}

/** What holds where a call says nothing. */
export interface CacheDefaults {
  readonly ttlMs: number;
  readonly enableSwr: boolean;
  readonly compress: boolean;
  readonly priority: CachePriority;
  readonly negativeTtlMs: number;
  readonly jitterRatio: number;
  readonly softTimeoutMs: number;
  readonly hardTimeoutMs: number;
  readonly staleIfErrorMs: number;
  readonly earlyRefresh: number;
  readonly isolation: Isolation;
}

export const CACHE_DEFAULTS: CacheDefaults = {
  ttlMs: 3_600_000,
  enableSwr: true,
  compress: false,
  priority: 'high',
  negativeTtlMs: 30_000,
  jitterRatio: 0.05,
  softTimeoutMs: 0,
  hardTimeoutMs: 0,
  staleIfErrorMs: 0,
  earlyRefresh: 1,
  isolation: 'freeze',
};
