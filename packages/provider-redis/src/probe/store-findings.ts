/** What one server said of itself, and what of it does not suit a cache. What it did not say is `null`. */
export interface StoreFindings {
  /** Name of the store. */
  readonly store: string;
  /** False: it did not answer, and nothing else is known. */
  readonly isReachable: boolean;
  readonly software: 'redis' | 'valkey' | 'dragonfly' | null;
  readonly version: string | null;
  readonly role: 'primary' | 'replica' | 'unknown' | null;
  /** Replicas that are in step. */
  readonly replicas: number | null;
  /** Threads that serve commands; 1 also where a managed Dragonfly does not tell. */
  readonly threads: number | null;
  /** `emulated`: a Dragonfly that answers as a cluster of one node does and takes keys of all slots in one command. */
  readonly clusterMode: 'off' | 'on' | 'emulated' | null;
  /** `maxmemory-policy`; for Dragonfly `eviction` in cache mode, else `noeviction`. */
  readonly evictionPolicy: string | null;
  /** Bound on the server's memory, bytes; `null`: none, or it does not say. */
  readonly maxBytes: number | null;
  readonly persistence: {
    readonly aof: boolean;
    readonly fsync: string | null;
    /** Snapshots are written: on a schedule, or by Dragonfly also when it ends. */
    readonly rdb: boolean;
  } | null;
  /** Seconds after which the server closes an idle connection; 0: never. */
  readonly idleTimeoutSeconds: number | null;
  /** The server's clock minus this process's, milliseconds; off by up to the time that the answer took. */
  readonly clockSkewMs: number | null;
  /** One sentence each on what should be changed, with what to do. Empty: all is well. */
  readonly advice: readonly string[];
}

/** The facts, before they are judged. */
export type StoreFacts = Omit<StoreFindings, 'advice'>;

/** What is asked of a server beyond being one. */
export interface Expectations {
  readonly durability: { readonly replicas: number; readonly aof: boolean };
}

const MAX_SKEW_MS = 5_000;
const LEAST_VERSION: Readonly<Record<string, readonly [number, number]>> = {
  redis: [6, 2],
  valkey: [7, 2],
  dragonfly: [1, 20],
};
/** First versions with WAITAOF; Dragonfly has none. */
const WAITAOF_SINCE: Readonly<Record<string, readonly [number, number]>> = {
  redis: [7, 2],
  valkey: [7, 2],
};
/** Dragonfly's first version with WAIT. */
const WAIT_SINCE = [1, 40] as const;

/** What of a server does not suit a cache. */
export function judge(facts: StoreFacts, { durability }: Expectations): readonly string[] {
  if (!facts.isReachable) return ['It does not answer. Check that it runs and how it is reached.'];
  const { software, version, evictionPolicy, persistence, replicas } = facts;
  const { idleTimeoutSeconds, clockSkewMs, maxBytes, role } = facts;
  const advice: string[] = [];
  const say = (isWrong: boolean, sentence: string): void => void (isWrong && advice.push(sentence));
  say(
    software !== null && version !== null && isOlder(version, LEAST_VERSION[software]),
    `${software} ${version} is too old. Use Redis 6.2, Valkey 7.2 or Dragonfly 1.20, or later.`,
  );
  say(role === 'replica', 'It is a replica. Point the provider at the primary.');
  say(
    evictionPolicy?.startsWith('allkeys') ?? false,
    `maxmemory-policy ${evictionPolicy} may evict the journal, and then everything misses. Use noeviction or volatile-lru.`,
  );
  say(
    evictionPolicy === 'eviction',
    'Its cache mode may evict the journal, and then everything misses. Start it without --cache_mode, with memory for all that has not expired.',
  );
  say(
    maxBytes === null && software !== null,
    'Its memory has no bound (maxmemory). Set one, so that it refuses writes instead of being killed.',
  );
  say(
    (idleTimeoutSeconds ?? 0) > 0,
    `It closes connections that are idle for ${idleTimeoutSeconds} s (timeout). Set it to 0.`,
  );
  say(
    Math.abs(clockSkewMs ?? 0) > MAX_SKEW_MS,
    `Its clock differs by ${Math.round((clockSkewMs ?? 0) / 1_000)} s. Nothing depends on that, but fail-overs waste stamps; use NTP.`,
  );
  say(
    durability.aof && persistence !== null && !persistence.aof,
    'durability.aof is asked for, but appendonly is off. Set appendonly yes.',
  );
  say(
    durability.aof && software !== null && version !== null && !canWaitForDisk(software, version),
    `durability.aof needs WAITAOF, which ${software} ${version} does not have. Use Redis or Valkey 7.2 or later.`,
  );
  say(
    durability.replicas > 0 &&
      software === 'dragonfly' &&
      version !== null &&
      isOlder(version, WAIT_SINCE),
    `durability.replicas needs WAIT, which Dragonfly has since ${WAIT_SINCE.join('.')}. Use that or a later one.`,
  );
  say(
    replicas !== null && replicas < durability.replicas,
    `durability.replicas is ${durability.replicas}, but ${replicas} are in step. Add replicas or ask for fewer.`,
  );
  return advice;
}

function canWaitForDisk(software: string, version: string): boolean {
  const since = WAITAOF_SINCE[software];
  return since !== undefined && !isOlder(version, since);
}

function isOlder(version: string, least: readonly [number, number] | undefined): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (!least) return false;
  return major < least[0] || (major === least[0] && minor < least[1]);
}
