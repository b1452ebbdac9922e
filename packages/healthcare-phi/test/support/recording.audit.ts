import { CacheError } from '@vitalcache/core';

import type { AuditEvent, IAudit } from '../../src/audit/audit-event.js';

/** Keeps what is recorded; down, it refuses everything. */
export class RecordingAudit implements IAudit {
  readonly events: AuditEvent[] = [];
  isDown = false;

  async record(event: AuditEvent): Promise<void> {
    if (this.isDown) throw new CacheError('STORE_UNAVAILABLE', 'The audit is down.');
    this.events.push(event);
  }

  /** The last event. */
  get last(): AuditEvent | undefined {
    return this.events.at(-1);
  }

  of(event: AuditEvent['event']): readonly AuditEvent[] {
    return this.events.filter((one) => one.event === event);
  }
}
