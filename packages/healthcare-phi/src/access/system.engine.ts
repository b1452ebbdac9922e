import {
  ForwardingEngine,
  type FoundEntry,
  type ReadRequest,
  type RefreshOutcome,
  type StrategyEngine,
} from '@vitalcache/core';

import type { IAudit } from '../audit/audit-event.js';
import { eventOf, keyRefOf } from './access-event.js';
import { currentAccess, runAsSystem, systemAccess } from './access-scope.js';
import { entryAct } from './protected-act.js';

export interface BackgroundAudit {
  readonly audit: IAudit;
  /** What stands for a key in the audit and says nothing of it. */
  readonly keyRef: (key: string) => string;
}

/**
 * The engine for one read of protected data: what it refreshes in the background is the library's own access, not that of
 * whoever happened to ask, and is recorded as such.
 */
export class SystemEngine extends ForwardingEngine {
  readonly #background: BackgroundAudit;
  readonly #cause = currentAccess();

  constructor(engine: StrategyEngine, background: BackgroundAudit) {
    super(engine);
    this.#background = background;
  }

  /** Rejects also when it can't be recorded. */
  override refresh<T>(request: ReadRequest<T>, previous: FoundEntry): Promise<RefreshOutcome> {
    return runAsSystem(this.#cause, async () => {
      try {
        const outcome = await this.engine.refresh(request, previous);
        if (outcome !== 'elsewhere') await this.#record(request, 0, outcome);
        return outcome;
      } catch (error) {
        await this.#record(request, 8, 'failed').catch(() => undefined); // it has failed already
        throw error;
      }
    });
  }

  #record(
    { key, options }: ReadRequest<unknown>,
    outcome: 0 | 8,
    how: RefreshOutcome | 'failed',
  ): Promise<void> {
    const { audit, keyRef } = this.#background;
    const system = systemAccess(this.#cause);
    const act = entryAct('read', key, options, this.#cause ?? system);
    const event = eventOf(act, system, keyRefOf(act, keyRef));
    return audit.record({
      ...event,
      event: 'refresh',
      outcome,
      source: 'origin',
      detail: { how },
    });
  }
}
