import { CacheError, isCacheError, type CacheErrorCode } from '@vitalcache/core';

import { parseAddress, type Address } from './address.js';

/** What is left of an error of the client or the server once everything that could hold data is gone. */
export interface RedisFailure {
  readonly code: Extract<CacheErrorCode, 'STORE_UNAVAILABLE' | 'STORE_TIMEOUT' | 'STORE_REFUSED'>;
  /** The server's error class (`OOM`) or the system's error code (`ECONNREFUSED`); one upper-case word. */
  readonly word: string;
  readonly message: string;
}

/** The variables that a setting may come from: which of the two depends on the provider. */
const variable = (name: string): string => `REDIS_${name} or DRAGONFLY_${name}`;

const NAME_NODES = `it is a node of a cluster. Name its nodes as clusterNodes (${variable('CLUSTER_NODES')})`;

const ADVICE: Readonly<Record<string, string>> = {
  OOM: 'it is full. Raise maxmemory, or use a volatile-* eviction policy',
  READONLY: 'it is a replica. Point the provider at the primary',
  NOAUTH: `it wants a password. Set the password (${variable('PASSWORD')})`,
  WRONGPASS: `it does not accept the credentials. Check username and password (${variable('PASSWORD')})`,
  NOPERM: 'the ACL user may not do this. Grant the commands and key patterns that the README lists',
  LOADING: 'it is still loading its data. This ends by itself',
  BUSY: 'a script blocks it. Look for slow scripts of other applications',
  MISCONF: 'it cannot persist its data and takes no writes. Look into its log',
  NOREPLICAS: 'too few replicas are in step (min-replicas-to-write)',
  MASTERDOWN: 'it is a replica that lost its primary. Point the provider at the primary',
  WRONGTYPE: 'a key holds another type of data. Give the cache a namespace or database of its own',
  UNBLOCKED: 'it became a replica. The primary is looked for',
  MOVED: NAME_NODES,
  ASK: NAME_NODES,
  CROSSSLOT: NAME_NODES,
  WAITAOF:
    'it does not wait for its disk. durability.aof needs Redis or Valkey 7.2 or later, with appendonly yes',
  TRYAGAIN: 'it is moving a slot. This ends by itself',
  CLUSTERDOWN: 'its cluster does not serve all slots. Check the nodes of the cluster',
  MAXCLIENTS: 'it has no connection left. Raise maxclients, or lower CACHE_CONNECTION_POOL_SIZE',
  DBINDEX: `it has no such database. Check the database number (${variable('DB')})`,
};

/** Why a server was not even found; the codes are ours. */
const UNREACHABLE_ADVICE = {
  NO_CREDENTIALS: 'The function given as credentials failed or gave none',
  NO_SENTINEL: `No sentinel answered. Check their addresses (${variable('SENTINELS')}) and that they run`,
  NO_PRIMARY: `The sentinels know no primary of this name. Check the name (${variable('SENTINELS')})`,
  NO_CLUSTER: `No node of the cluster answered. Check their addresses (${variable('CLUSTER_NODES')})`,
} as const;

/** An error that {@link failureOf} takes for a store that can't be reached, for a reason of our own. */
export function unreachable(code: keyof typeof UNREACHABLE_ADVICE): Error {
  return Object.assign(new Error(code), { code });
}

/** What passes by itself or with another look for the server: worth another try. */
const PASSING = new Set(['LOADING', 'READONLY', 'MASTERDOWN', 'CLUSTERDOWN', 'TRYAGAIN', 'BUSY']);

/** The server says that it is not, or no longer, the one to ask. */
const WRONG_ROLE = new Set(['READONLY', 'UNBLOCKED', 'LOADING', 'MASTERDOWN']);

/** Whether the server turns this process away until somebody changes something. */
export function isLockout({ code, word }: RedisFailure): boolean {
  return code === 'STORE_REFUSED' && !PASSING.has(word) && !WRONG_ROLE.has(word);
}

/** The key is at another node of the cluster: for good (`MOVED`) or for this once (`ASK`). */
export interface Redirect {
  readonly kind: 'MOVED' | 'ASK';
  readonly slot: number;
  readonly address: Address;
}

/** An error of a command with what the provider itself needs to know of it. */
export class RedisError extends CacheError {
  override readonly name: string = 'RedisError';
  /** Where the key is. */
  readonly redirect: Redirect | undefined;

  constructor(
    readonly failure: RedisFailure,
    redirect?: Redirect,
    code: RedisFailure['code'] = failure.code,
  ) {
    super(code, failure.message);
    this.redirect = redirect;
  }

  /** See {@link RedisFailure.word}. */
  get word(): string {
    return this.failure.word;
  }

  /** Whether the same command may well succeed a little later: also one whose connection was lost under it. */
  get isPassing(): boolean {
    return PASSING.has(this.word) || this.failure.code === 'STORE_UNAVAILABLE';
  }

  /** Whether the connection leads to a server that does not do what it is wanted for. */
  get isWrongRole(): boolean {
    return WRONG_ROLE.has(this.word);
  }
}

/**
 * There was no connection to run a command on: it was not sent. `STORE_UNAVAILABLE` also where the server refused to
 * let this process in: a command that it refuses is an answer, this is none.
 */
export class UnconnectedError extends RedisError {
  override readonly name: string = 'UnconnectedError';

  constructor(failure: RedisFailure) {
    super(failure, undefined, 'STORE_UNAVAILABLE');
  }
}

/** Reduces any error of ioredis, Redis or the network to a code, a word and advice; arguments never survive. */
export function failureOf(error: unknown): RedisFailure {
  const { name, message, code } = asErrorLike(error);
  if (name === 'ReplyError') return refused(errorClass(message));
  if (message === 'Command timed out') return timedOut();
  const word = typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : 'CLOSED';
  const advice =
    (UNREACHABLE_ADVICE as Readonly<Record<string, string>>)[word] ??
    'Check that the server runs and that host, port and TLS settings are right';
  return {
    code: 'STORE_UNAVAILABLE',
    word,
    message: `There is no connection to the server (${word}). ${advice}; connecting is tried again.`,
  };
}

/** The failure of a command that got no answer in time. */
export function timedOut(): RedisFailure {
  return {
    code: 'STORE_TIMEOUT',
    word: 'TIMEOUT',
    message:
      'The server did not answer in time; the command may still take effect. ' +
      'Check the load of the server and the network, or raise the command timeout (CACHE_COMMAND_TIMEOUT).',
  };
}

/** The failure of a record that is written, but not on as many copies as it was to be. */
export function unconfirmed(
  disks: number,
  replicas: number,
  asked: { readonly replicas: number; readonly aof: boolean },
): RedisFailure {
  const wanted = [
    ...(asked.aof ? ['the disk'] : []),
    ...(asked.replicas ? [`${asked.replicas} replicas`] : []),
  ];
  return {
    code: 'STORE_UNAVAILABLE',
    word: 'UNCONFIRMED',
    message:
      `An invalidation did not reach ${wanted.join(' and ')} in time (${disks} disks, ${replicas} replicas did). ` +
      'Check replication and appendonly, or ask for less (durability); it is recorded again.',
  };
}

/** The cache's own error for any error of a command. It has no cause: ioredis attaches arguments to its errors. */
export function toCacheError(error: unknown): CacheError {
  return isCacheError(error) ? error : new RedisError(failureOf(error), redirectOf(error));
}

/** Whether the server does not know a script by its digest. */
export function isNoScript(error: unknown): boolean {
  const { name, message } = asErrorLike(error);
  return name === 'ReplyError' && message.startsWith('NOSCRIPT');
}

function redirectOf(error: unknown): Redirect | undefined {
  const { name, message } = asErrorLike(error);
  const [, kind, slot, at] = /^(MOVED|ASK) (\d+) (\S+)/.exec(message) ?? [];
  const address = at === undefined ? null : parseAddress(at);
  if (name !== 'ReplyError' || !address) return undefined;
  return { kind: kind as Redirect['kind'], slot: Number(slot), address };
}

/** The failure that a reply of this class is. */
export function refused(word: string): RedisFailure {
  const advice = ADVICE[word] ?? "look into the server's log";
  const message = `The server refused a command (${word}): ${advice}.`;
  return { code: 'STORE_REFUSED', word, message };
}

/**
 * Error class of a reply. Errors inside scripts carry it behind the script's name in Dragonfly and in Redis before 7.
 */
function errorClass(message: string): string {
  // Dragonfly has no class for it.
  if (/^ERR (?:.*: -ERR )?Out of memory$/.test(message)) return 'OOM';
  if (message.includes('DB index is out of range')) return 'DBINDEX';
  if (message.includes('max number of clients')) return 'MAXCLIENTS';
  const inScript = /@user_script:.*?-([A-Z]{3,}) /.exec(message);
  return inScript?.[1] ?? /^([A-Z][A-Z0-9_]*)(?: |$)/.exec(message)?.[1] ?? 'ERR';
}

function asErrorLike(error: unknown): { name: string; message: string; code: unknown } {
  if (typeof error !== 'object' || error === null)
    return { name: '', message: '', code: undefined };
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  return { name: String(name), message: String(message), code };
}
