import { createHash } from 'node:crypto';

import type { Admission, Clock, StoreKeeper } from '@vitalcache/core';
import { VARIANT_SEPARATOR } from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import { phiTagOf, PHI_TAG } from './subject-tags.js';

/** What the index works with; `StoreKeeper` is one. */
export type IndexKeeper = Pick<
  StoreKeeper,
  'hasIndex' | 'namesOf' | 'setOf' | 'addMember' | 'membersOf' | 'dropMembers' | 'remove'
>;

/** A clinic has many entries; beyond this the oldest are no longer found here, and go when they expire. */
const MAX_MEMBERS = 50_000;
/** Everything of a tenant is spread over so many sets. */
const SHARDS = 64;
const TENANTS_MS = 7 * 86_400_000;
const MAX_TENANTS = 10_000;
/** Additions under way at once, and those that wait for them; the index is a help, and what is too much is left away. */
const [MAX_PENDING, MAX_WAITING] = [32, 10_000];
/** By which a member outlives its entry: clocks differ. */
const SKEW_MS = 10_000;
const PAGE = 1_000;

/**
 * Where entries stand in the store, by whom they are about: for physical removal and for counts, never for what is valid.
 * Members go with the entries that they name. An entry is added each time it is stored, whatever this process did before:
 * another one may have taken it out since. One that was not stored after all leaves a member behind, which goes as well.
 */
export class EntryIndex {
  readonly #keeper: IndexKeeper;
  readonly #clock: Pick<Clock, 'now'>;
  /** Until when tenants are known to be in the index. */
  readonly #noted = new LRUCache<string, number>({ max: MAX_TENANTS });
  readonly #pending = new Set<Promise<void>>();
  /** Those among them that have not begun. */
  readonly #waiting: (() => void)[] = [];
  #skipped = 0;

  constructor(keeper: IndexKeeper, clock: Pick<Clock, 'now'>) {
    this.#keeper = keeper;
    this.#clock = clock;
  }

  /** Entries that were not added: too much was to be added, or the store did not take it. */
  get skipped(): number {
    return this.#skipped;
  }

  /**
   * Notes an entry that is about to be stored.
   * @param tenant pseudonym of its tenant
   * @param keptUntil when it will be gone, epoch milliseconds
   */
  note(admission: Admission, tenant: string, keptUntil: number): void {
    const { size } = this.#pending;
    if (size >= MAX_PENDING + MAX_WAITING) return void this.#skipped++;
    const add = (): Promise<void> => this.#add(admission, tenant, keptUntil);
    const added =
      size < MAX_PENDING
        ? add()
        : new Promise<void>((begin) => this.#waiting.push(begin)).then(add);
    const pending = added.then(() => {
      this.#pending.delete(pending);
      this.#waiting.shift()?.();
    });
    this.#pending.add(pending);
  }

  async #add({ key, tags, terms }: Admission, tenant: string, keptUntil: number): Promise<void> {
    const now = this.#clock.now();
    const ttlMs = Math.ceil(keptUntil - now) + SKEW_MS;
    const all = new Set([PHI_TAG, phiTagOf(terms.tenant)]);
    const tagged = tags.filter((tag) => !all.has(tag)).map((tag) => this.#setOf(tag, terms.tenant));
    const sets = [...tagged, this.#setOfKey(key, terms.tenant)];
    const adding = this.#keeper
      .namesOf(key)
      .flatMap((name) =>
        [...sets, this.#shardOf(tenant, name)].map((set) =>
          this.#keeper.addMember(set, name, ttlMs, MAX_MEMBERS),
        ),
      );
    if ((this.#noted.get(tenant) ?? 0) < now) {
      this.#noted.set(tenant, now + TENANTS_MS / 2);
      adding.push(this.#keeper.addMember(this.#tenants, tenant, TENANTS_MS, MAX_TENANTS));
    }
    const taken = await Promise.all(adding);
    if (!taken.every(Boolean)) this.#skipped++;
  }

  /** Resolves when what was noted is in the index, or failed to be. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /**
   * Removes the entries of a tenant that carry any of the tags; resolves with how many there were, `null` if that is not
   * known, or not all were seen in time.
   */
  async remove(
    tags: readonly string[],
    tenant: string,
    deadlineMs = Infinity,
  ): Promise<number | null> {
    await this.settled();
    return this.#removeAll(
      tags.map((tag) => this.#setOf(tag, tenant)),
      deadlineMs,
    );
  }

  /** Removes the entries of a tenant that are kept under any of the keys, for whomever; resolves as {@link remove}. */
  async removeKeys(
    keys: readonly string[],
    tenant: string,
    deadlineMs = Infinity,
  ): Promise<number | null> {
    await this.settled();
    return this.#removeAll(
      keys.map((key) => this.#setOfKey(key, tenant)),
      deadlineMs,
    );
  }

  /** Removes all entries of a tenant. @param tenant its pseudonym */
  async removeTenant(tenant: string): Promise<number | null> {
    await this.settled();
    return this.#removeAll(
      Array.from({ length: SHARDS }, (_, shard) => this.#shard(tenant, shard)),
    );
  }

  /** Whether the store can have one: without it nothing is ever in here. */
  get isKept(): boolean {
    return this.#keeper.hasIndex;
  }

  /** The pseudonyms of the tenants that have entries, as far as the index knows; `null`: the store did not say. */
  async tenants(): Promise<readonly string[] | null> {
    await this.settled();
    return this.#keeper.membersOf(this.#tenants, MAX_TENANTS);
  }

  /** Names of entries of a tenant that carry the tag; `null`: the store did not say. */
  async namesOf(tag: string, tenant: string): Promise<readonly string[] | null> {
    await this.settled();
    return this.#keeper.membersOf(this.#setOf(tag, tenant), MAX_MEMBERS);
  }

  /**
   * Drops members of a set whose entries are gone; resolves with how many there were, `null` if that is not known, or not
   * all were looked at.
   * @param timesLeft as that of `StoreKeeper`
   */
  async trim(set: string, timesLeft: StoreKeeper['timesLeft']): Promise<number | null> {
    if (set === this.#tenants) return 0;
    const members = await this.#keeper.membersOf(set, MAX_MEMBERS);
    if (!members) return null;
    let dropped: number | null = 0;
    for (const page of pagesOf(members)) {
      const left = await timesLeft(page);
      if (!left) return null;
      const gone = page.filter((_, i) => left[i] === null);
      dropped = sumOf(dropped, await this.#keeper.dropMembers(set, gone));
    }
    return dropped;
  }

  async #removeAll(sets: readonly string[], deadlineMs = Infinity): Promise<number | null> {
    const endsAt = this.#clock.now() + deadlineMs;
    const counts = await Promise.all(sets.map((set) => this.#empty(set, endsAt)));
    return counts.reduce(sumOf, 0);
  }

  /** Page by page, so that no answer of the store is long. */
  async #empty(set: string, endsAt: number): Promise<number | null> {
    let removed = 0;
    let stuckAt: string | undefined;
    while (this.#clock.now() < endsAt) {
      const page = await this.#keeper.membersOf(set, PAGE);
      if (page?.length === 0) return removed;
      if (!page || page[0] === stuckAt) return null; // what can't be dropped would be seen for ever
      const before = await this.#keeper.remove(page);
      if (before === null) return null; // they stay in the index, for the next attempt
      const dropped = await this.#keeper.dropMembers(set, page);
      stuckAt = dropped ? undefined : page[0]; // others may be at it too, or the answer came late
      // What was stored in between has just lost its place in the index.
      const between = await this.#keeper.remove(page);
      if (between === null) return null;
      removed += before + between;
    }
    return null;
  }

  get #tenants(): string {
    return this.#keeper.setOf('index:tenants');
  }

  #setOf(tag: string, tenant: string): string {
    return this.#keeper.setOf(`index:${tag}${VARIANT_SEPARATOR}${tenant}`);
  }

  /** Of a key, whatever its variants. No tag has a separator, so that none has the same set. */
  #setOfKey(key: string, tenant: string): string {
    const [base = ''] = key.split(VARIANT_SEPARATOR, 1);
    return this.#setOf(`${VARIANT_SEPARATOR}${base}`, tenant);
  }

  #shardOf(tenant: string, name: string): string {
    return this.#shard(tenant, (createHash('sha256').update(name).digest()[0] as number) % SHARDS);
  }

  #shard(tenant: string, shard: number): string {
    return this.#keeper.setOf(`index:all:${shard}${VARIANT_SEPARATOR}${tenant}`);
  }
}

function pagesOf(names: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(names.length / PAGE);
  return Array.from({ length: count }, (_, i) => names.slice(i * PAGE, (i + 1) * PAGE));
}

function sumOf(sum: number | null, count: number | null): number | null {
  return sum === null || count === null ? null : sum + count;
}
