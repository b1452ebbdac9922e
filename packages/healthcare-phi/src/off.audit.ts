import type { IAudit } from './audit/audit-event.js';

/** For when the audit is switched off: nothing protected is cached then, and nothing of it is read from here. */
export class OffAudit implements IAudit {
  record(): Promise<void> {
    return Promise.resolve();
  }
}
