import { CacheService, type CacheConfig, type CachePlugin } from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';

import { AccessMiddleware } from '../../src/access/access-cache.middleware.js';
import type { AccessContext } from '../../src/access/access-context.js';
import { Authorizer, type Authorize, type IGrants } from '../../src/access/authorizer.js';
import { EmergencyCacheStrategy } from '../../src/emergency/emergency-cache.strategy.js';
import { PHICacheStrategy, type PHICacheStrategyOptions } from '../../src/phi-cache.strategy.js';
import { CompliancePolicy } from '../../src/policy/compliance.policy.js';
import { MapStore } from './map.store.js';
import { RecordingAudit } from './recording.audit.js';

export const NURSE: AccessContext = {
  tenant: 't1',
  actor: 'nurse-1',
  roles: ['nurse'],
  purpose: 'TREAT',
};

export interface GuardedCacheOptions {
  readonly authorize?: Authorize;
  readonly grants?: IGrants;
  readonly swr?: PHICacheStrategyOptions['swr'] & object;
  readonly staleIfErrorMs?: number;
  readonly config?: Omit<CacheConfig, 'keyFactory'>;
  readonly plugin?: Partial<CachePlugin>;
  readonly audit?: RecordingAudit;
  readonly clock?: FakeClock;
}

/** A cache with everything that guards protected data, on a store in a map; without the seal. */
export function guardedCache({
  authorize,
  grants,
  swr,
  staleIfErrorMs,
  config,
  plugin,
  ...parts
}: GuardedCacheOptions = {}) {
  const { audit = new RecordingAudit(), clock = new FakeClock() } = parts;
  const store = new MapStore();
  const policy = new CompliancePolicy({ hasSwr: swr !== undefined });
  const keyRef = (key: string) => `ref(${key.length})`;
  const background = { audit, keyRef };
  const phi = new PHICacheStrategy({ ...background, ...(swr && { swr }) });
  const emergency = new EmergencyCacheStrategy({
    ...background,
    clock,
    ...(staleIfErrorMs !== undefined && { staleIfErrorMs }),
  });
  const authorizer = new Authorizer({
    policy,
    clock,
    ...(authorize && { authorize }),
    ...(grants && { grants }),
  });
  const access = new AccessMiddleware({ audit, authorizer, keyRef, ...(grants && { grants }) });
  const cache: CacheService = new CacheService(store, {
    clock,
    defaults: { jitterRatio: 0 },
    ...config,
    plugins: [
      {
        name: 'guarded',
        strategies: [phi, emergency],
        middleware: [access],
        optionRule: policy.optionRule,
        ...plugin,
      },
    ],
  });
  return { cache, store, audit, access, emergency, clock, policy };
}

/** What has been begun goes on as far as it can without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A promise and its end. */
export function held<T>() {
  let release: (value: T) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    release = resolve;
    fail = reject;
  });
  return { promise, release, fail };
}
