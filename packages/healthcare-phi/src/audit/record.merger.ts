import type { Clock } from '@vitalcache/core';

import type { AuditEvent } from './audit-event.js';
import { classOf } from './audit-limits.js';
import { canonicalJson } from './canonical-json.js';

interface Merged {
  readonly event: AuditEvent;
  readonly since: number;
  count: number;
}

/**
 * Makes one record of events of one request that are alike in everything: actor, patient, purpose, request id and all else
 * but age. Nothing is left out: the record says how many they were. Nobody waits for these records to be durable, so that
 * those of level restricted and of emergencies are never among them.
 */
export class RecordMerger {
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #release: (event: AuditEvent, count: number, sinceMs: number) => void;
  readonly #merged = new Map<string, Merged>();
  #timer: AbortController | null = null;

  /**
   * @param windowMs how long events are gathered; 0: not at all
   * @param release takes an event with how many it stands for, and how long ago the first of them was
   */
  constructor(
    windowMs: number,
    clock: Clock,
    release: (event: AuditEvent, count: number, sinceMs: number) => void,
  ) {
    this.#windowMs = windowMs;
    this.#clock = clock;
    this.#release = release;
  }

  get size(): number {
    return this.#merged.size;
  }

  /** Whether an event may become part of such a record. */
  takes(event: AuditEvent): boolean {
    if (this.#windowMs === 0 || event.requestId === undefined) return false;
    const kind = classOf(event);
    return event.event === 'read' && (kind === 'standard' || kind === 'sensitive');
  }

  /** Adds an event to one that is alike; `false`, and nothing happens, if there is none. */
  join(event: AuditEvent): boolean {
    const merged = this.#merged.get(keyOf(event));
    if (merged) merged.count++;
    return merged !== undefined;
  }

  begin(event: AuditEvent): void {
    this.#merged.set(keyOf(event), { event, since: this.#clock.now(), count: 1 });
    if (this.#timer) return;
    this.#timer = new AbortController();
    const { signal } = this.#timer;
    void this.#clock.sleep(this.#windowMs, signal, 'background').then(() => this.flush());
  }

  /** Lets go of everything that was gathered. */
  flush(): void {
    this.#timer?.abort(null);
    this.#timer = null;
    const now = this.#clock.now();
    const merged = [...this.#merged.values()];
    this.#merged.clear();
    for (const { event, count, since } of merged) this.#release(event, count, now - since);
  }
}

function keyOf({ ageMs: _, ...event }: AuditEvent): string {
  return canonicalJson(event);
}
