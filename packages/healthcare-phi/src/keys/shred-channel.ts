/** That keys were destroyed. Pseudonyms; without a subject: those of the whole tenant. */
export interface ShredNotice {
  readonly tenant: string;
  readonly subject: string | null;
}

/** Carries word of destroyed keys to all processes, this one included or not, so that they let go of what is in memory. */
export interface IShredChannel {
  /** Resolves when the others will get to know. Rejects, with any error, if that is not sure. */
  publish(notice: ShredNotice): Promise<void>;
  /** Calls `listener` for each notice of others; with `null` when some may have been missed. Returns what ends it. */
  subscribe(listener: (notice: ShredNotice | null) => void): () => void;
}
