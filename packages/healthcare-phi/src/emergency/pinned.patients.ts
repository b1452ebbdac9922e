import { LRUCache } from 'lru-cache';

const MAX_PINNED = 10_000;

/** Patients whose emergency data is kept fresh while it is read: those who are being treated. */
export class PinnedPatients {
  /** The one pinned first makes room. */
  readonly #pinned = new LRUCache<string, true>({ max: MAX_PINNED });

  pin(tenant: string, patientId: string): void {
    this.#pinned.set(idOf(tenant, patientId), true);
  }

  unpin(tenant: string, patientId: string): void {
    this.#pinned.delete(idOf(tenant, patientId));
  }

  has(tenant: string, patientId: string): boolean {
    return this.#pinned.has(idOf(tenant, patientId));
  }
}

function idOf(tenant: string, patientId: string): string {
  return JSON.stringify([tenant, patientId]);
}
