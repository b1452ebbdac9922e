import type { CachePriority } from '@vitalcache/core';

const FALLING = ['critical', 'high', 'normal', 'low'] as const satisfies readonly CachePriority[];

/** What can wait in a {@link WorkQueue}. */
export interface Waiting {
  readonly key: string;
  readonly priority: CachePriority;
  /** Milliseconds since 1970. */
  readonly queuedAt: number;
}

/** Work in four lanes, each first in, first out; at most one piece per key. */
export class WorkQueue<W extends Waiting> {
  readonly #lanes: Readonly<Record<CachePriority, Map<string, W>>> = {
    critical: new Map(),
    high: new Map(),
    normal: new Map(),
    low: new Map(),
  };

  get size(): number {
    return FALLING.reduce((total, priority) => total + this.#lanes[priority].size, 0);
  }

  get(key: string): W | undefined {
    const lane = FALLING.find((priority) => this.#lanes[priority].has(key));
    return lane && this.#lanes[lane].get(key);
  }

  /** Takes the place of what waits for the same key. */
  add(work: W): void {
    this.remove(work.key);
    this.#lanes[work.priority].set(work.key, work);
  }

  remove(key: string): void {
    for (const priority of FALLING) this.#lanes[priority].delete(key);
  }

  /** Whose turn is next. */
  head(): W | undefined {
    return this.#oldestOf(FALLING.find((priority) => this.#lanes[priority].size > 0));
  }

  /** What goes first when there is no room: the oldest of the least urgent; its reader has waited in vain longest. */
  leastWanted(): W | undefined {
    return this.#oldestOf(FALLING.findLast((priority) => this.#lanes[priority].size > 0));
  }

  /** When the first of the four lanes' heads was queued; `null` when nothing waits. */
  oldestAt(): number | null {
    const heads = FALLING.flatMap((priority) => this.#oldestOf(priority)?.queuedAt ?? []);
    return heads.length > 0 ? Math.min(...heads) : null;
  }

  /** Everything that waits with one of the priorities, which is then gone. */
  takeAll(priorities: readonly CachePriority[] = FALLING): readonly W[] {
    const all = priorities.flatMap((priority) => [...this.#lanes[priority].values()]);
    for (const priority of priorities) this.#lanes[priority].clear();
    return all;
  }

  #oldestOf(priority: CachePriority | undefined): W | undefined {
    return priority && this.#lanes[priority].values().next().value;
  }
}

/** Whether work of one priority may push out work of the other: never the more urgent. */
export function mayReplace(priority: CachePriority, other: CachePriority): boolean {
  return FALLING.indexOf(priority) <= FALLING.indexOf(other);
}
