import { within, type Clock } from '@vitalcache/core';

import type { AuditClass, AuditLimits } from './audit-limits.js';
import type { AuditLine, CheckpointLine } from './audit-line.js';

/** What became of a line: safe on the sink's disk, with the sink, or not (yet) with it. */
export type Delivery = 'durable' | 'accepted' | 'failed';

/** A line on its way to the sink. */
export interface QueuedLine {
  readonly line: AuditLine;
  readonly class: AuditClass | 'none';
  /** Told once; whoever has it waits for the line to be durable. */
  settle?: ((delivery: Delivery) => void) | undefined;
}

/** Lines that wait in this process, in their order, within limits. */
export class AuditQueue {
  readonly #limits: AuditLimits;
  readonly #items: QueuedLine[] = [];
  #bytes = 0;
  #sensitive = 0;
  readonly #watchers = new Set<() => void>();

  constructor(limits: AuditLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Whether somebody waits for one of them. */
  get isAwaited(): boolean {
    return this.#items.some(({ settle }) => settle !== undefined);
  }

  /** @param reserved records that will come and have been let in already */
  hasRoom(kind: AuditClass, reserved = 0): boolean {
    const { maxRecords, maxBytes, maxSensitiveRecords, maxEmergencyRecords } = this.#limits;
    const size = this.#items.length + reserved;
    if (kind === 'emergency') {
      return size < maxRecords + maxEmergencyRecords && this.#bytes < maxBytes * 2;
    }
    const isOpen = size < maxRecords && this.#bytes < maxBytes;
    return isOpen && (kind !== 'sensitive' || this.#sensitive < maxSensitiveRecords);
  }

  push(item: QueuedLine): void {
    this.#items.push(item);
    this.#count(item, 1);
  }

  /** Puts a checkpoint behind the first `at` lines. */
  insert(at: number, line: CheckpointLine): void {
    const item: QueuedLine = { line, class: 'none' };
    this.#items.splice(at, 0, item);
    this.#count(item, 1);
  }

  head(max: number): readonly QueuedLine[] {
    return this.#items.slice(0, max);
  }

  /** Takes the first lines out. */
  drop(count: number): void {
    for (const item of this.#items.splice(0, count)) this.#count(item, -1);
    for (const tell of this.#watchers) tell();
  }

  /** Tells all who wait that their line is not with the sink. The lines stay. */
  failAll(): void {
    for (const item of this.#items) settle(item, 'failed');
  }

  /** Resolves when lines have left, or after `ms`. */
  async leaving(clock: Clock, ms: number): Promise<void> {
    let tell!: () => void;
    const left = new Promise<void>((resolve) => (tell = resolve));
    this.#watchers.add(tell);
    try {
      await within(clock, ms, left, () => undefined);
    } finally {
      this.#watchers.delete(tell); // nothing may leave for hours, and callers come all the time
    }
  }

  #count({ line, class: kind }: QueuedLine, sign: 1 | -1): void {
    this.#bytes += sign * line.size;
    if (kind === 'sensitive') this.#sensitive += sign;
  }
}

/** Tells whoever waits for a line what became of it. */
export function settle(item: QueuedLine, delivery: Delivery): void {
  const { settle: tell } = item;
  item.settle = undefined;
  tell?.(delivery);
}
