import type { IRecordBook } from '../books/record-book.js';
import type { BreakGlassGrant, BreakGlassRecord } from './break-glass-grant.js';

type Opened = Extract<BreakGlassRecord, { kind: 'opened' }>;

/** One use as the book tells it. */
export interface BreakGlassUse extends Omit<Opened, 'kind'> {
  readonly ended: Extract<BreakGlassRecord, { kind: 'ended' }> | null;
  readonly reviewed: Extract<BreakGlassRecord, { kind: 'reviewed' }> | null;
}

/** The uses that a book of records tells of. */
export class BreakGlassBook {
  readonly #records: IRecordBook<BreakGlassRecord>;

  constructor(records: IRecordBook<BreakGlassRecord>) {
    this.#records = records;
  }

  add(record: BreakGlassRecord): Promise<void> {
    return this.#records.add(record);
  }

  /** In the order in which they began; of two records of one kind about a use the first counts, and the reads of all. */
  async uses(): Promise<readonly BreakGlassUse[]> {
    const uses = new Map<string, BreakGlassUse>();
    for (const record of await this.#records.all()) {
      if (record.kind === 'opened') {
        const { grant, reasonText, signature } = record;
        uses.set(grant.id, { grant, reasonText, signature, ended: null, reviewed: null });
        continue;
      }
      const use = uses.get(record.id);
      if (!use) continue;
      const { ended } = use;
      if (!use[record.kind]) uses.set(record.id, { ...use, [record.kind]: record });
      else if (ended && record.kind === 'ended') {
        // Each process that had a grant in use tells of the reads that went through there.
        uses.set(record.id, { ...use, ended: { ...ended, reads: ended.reads + record.reads } });
      }
    }
    return [...uses.values()];
  }

  async find(id: string): Promise<BreakGlassUse | null> {
    return (await this.uses()).find(({ grant }) => grant.id === id) ?? null;
  }

  /** What the same person opened since. */
  async openedBy(
    { actor, tenant }: Pick<BreakGlassGrant, 'actor' | 'tenant'>,
    since: number,
  ): Promise<readonly BreakGlassUse[]> {
    return (await this.uses()).filter(
      ({ grant }) => grant.actor === actor && grant.tenant === tenant && grant.openedAt >= since,
    );
  }
}
