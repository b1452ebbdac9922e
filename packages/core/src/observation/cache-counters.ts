/** What the engine did, since start. A batch counts each of its keys. */
export interface CacheCounts {
  /** Calls of loaders for callers who waited. */
  readonly loads: number;
  /** Calls of loaders in the background, for later readers. */
  readonly refreshes: number;
  /** Callers who got what a load of another caller of this process gave. */
  readonly joined: number;
  /** Loads that were not needed, because another process had just stored the value. */
  readonly waited: number;
  /** Leases that this process got after another one had held them and left nothing valid. */
  readonly takeovers: number;
  /** How often history was lost or replaced, and everything cached with it. */
  readonly epochChanges: number;
}

/** Counts where things happen: numbers without names, so that none can name a person. One per cache. */
export class CacheCounters implements CacheCounts {
  loads = 0;
  refreshes = 0;
  joined = 0;
  waited = 0;
  takeovers = 0;
  epochChanges = 0;
}
