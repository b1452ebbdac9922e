import { LRUCache } from 'lru-cache';

/** Members of all sets together; beyond it the sets that were used least go first. */
const MAX_MEMBERS = 200_000;

export interface MemberIndexOptions {
  /** Wall clock in milliseconds. */
  readonly now: () => number;
}

/** Sets of names, each of which goes at a time of its own. */
export class MemberIndex {
  readonly #now: () => number;
  /** Milliseconds at which a member goes, by set and member. */
  readonly #sets = new LRUCache<string, Map<string, number>>({
    maxSize: MAX_MEMBERS,
    sizeCalculation: (members) => Math.max(1, members.size),
  });

  constructor({ now }: MemberIndexOptions) {
    this.#now = now;
  }

  add(set: string, member: string, ttlMs: number, maxMembers: number): void {
    const members = new Map(this.#living(set));
    members.set(member, Math.max(members.get(member) ?? 0, this.#now() + ttlMs));
    const dropped = longestFirst(members).slice(maxMembers);
    for (const [name] of dropped) members.delete(name);
    this.#sets.set(set, members);
  }

  /** Up to `limit`, those first that stay longest. */
  list(set: string, limit: number): readonly string[] {
    return longestFirst(this.#living(set))
      .slice(0, limit)
      .map(([member]) => member);
  }

  /** How many of them were there. */
  drop(set: string, members: readonly string[]): number {
    const living = new Map(this.#living(set));
    const count = members.filter((member) => living.delete(member)).length;
    if (living.size > 0) this.#sets.set(set, living);
    else this.#sets.delete(set);
    return count;
  }

  /** Names of the sets that have members. */
  names(): readonly string[] {
    return [...this.#sets.keys()].filter((set) => this.#living(set).size > 0);
  }

  /** Milliseconds until a set goes with its last member; `null`: there is none. */
  timeLeft(set: string): number | null {
    const ends = [...this.#living(set).values()];
    return ends.length === 0 ? null : Math.max(...ends) - this.#now();
  }

  clear(): void {
    this.#sets.clear();
  }

  #living(set: string): ReadonlyMap<string, number> {
    const now = this.#now();
    const members = [...(this.#sets.get(set) ?? [])];
    return new Map(members.filter(([, goesAt]) => goesAt > now));
  }
}

function longestFirst(members: ReadonlyMap<string, number>): [string, number][] {
  return [...members].sort(([, a], [, b]) => b - a);
}
