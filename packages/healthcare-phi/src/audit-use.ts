import type { HealthcareAudit } from './healthcare-plugin.options.js';

/** The caches that work with an audit now. */
const uses = new WeakMap<HealthcareAudit, Set<AuditUse>>();

/** One cache's use of an audit that others may work with as well: it is closed with the last of them. */
export class AuditUse {
  readonly #audit: HealthcareAudit;

  constructor(audit: HealthcareAudit) {
    this.#audit = audit;
  }

  async start(): Promise<void> {
    await this.#audit.start?.();
    uses.set(this.#audit, this.#all.add(this));
  }

  async close(): Promise<void> {
    this.#all.delete(this);
    if (this.#all.size === 0) await this.#audit.close?.();
  }

  get #all(): Set<AuditUse> {
    return uses.get(this.#audit) ?? new Set();
  }
}
