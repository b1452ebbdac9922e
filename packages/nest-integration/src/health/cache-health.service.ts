import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CacheService, type CacheHealth, type CacheHealthReport } from '@vitalcache/core';

/** Who asks within this time gets the same answer: open endpoints must not become load on the store. */
const KEPT_MS = 500;

/** Whether the service can do its work, which it can without its cache. */
export interface ServiceState {
  readonly isUp: boolean;
  /** `starting` and `stopping` are not up. */
  readonly service: 'starting' | 'running' | 'stopping';
  /** How the cache is; reads go to their loaders when it is `critical`. */
  readonly cache: CacheHealth['status'];
}

/** How the cache is, and whether the service around it should get requests. */
@Injectable()
export class CacheHealthService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #service: ServiceState['service'] = 'starting';
  #kept: { readonly report: Promise<CacheHealthReport>; readonly until: number } | null = null;

  constructor(@Inject(CacheService) private readonly cache: CacheService) {}

  onApplicationBootstrap(): void {
    this.#service = 'running';
  }

  /** Requests that are under way are answered; new ones should go elsewhere. */
  beforeApplicationShutdown(): void {
    this.#service = 'stopping';
  }

  /** Five fields that may be shown to anyone, at most half a second old. Never rejects. */
  async health(): Promise<CacheHealth> {
    const { reasons: _reasons, ...health } = await this.report();
    return health;
  }

  /** {@link health} with a sentence for everything that is wrong, for those who run the cache. Never rejects. */
  report(): Promise<CacheHealthReport> {
    const now = performance.now();
    if (!this.#kept || now >= this.#kept.until) {
      this.#kept = { report: this.cache.getCacheHealthReport(), until: now + KEPT_MS };
    }
    return this.#kept.report;
  }

  /** Whether the process is alive: that it answers is all. Starting it anew would bring no store back. */
  async liveness(): Promise<ServiceState> {
    return { isUp: true, ...(await this.#state()) };
  }

  /**
   * Whether the service should get requests: once it has started and until it stops, also without its store.
   * @param needsCache it should not while the cache is critical either, because its sources would not bear the load
   */
  async readiness(needsCache = false): Promise<ServiceState> {
    const state = await this.#state();
    const isUp = state.service === 'running' && !(needsCache && state.cache === 'critical');
    return { isUp, ...state };
  }

  async #state(): Promise<Omit<ServiceState, 'isUp'>> {
    const { status } = await this.report();
    return { service: this.#service, cache: status };
  }
}
