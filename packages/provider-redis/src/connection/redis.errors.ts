import { CacheError, isCacheError, type CacheErrorCode } from '@vitalcache/core';

/** What is left of an error of the client or the server once everything that could hold data is gone. */
export interface RedisFailure {
  readonly code: Extract<CacheErrorCode, 'STORE_UNAVAILABLE' | 'STORE_TIMEOUT' | 'STORE_REFUSED'>;
  /** The server's error class (`OOM`) or the system's error code (`ECONNREFUSED`); one upper-case word. */
  readonly word: string;
  readonly message: string;
}

const ADVICE: Readonly<Record<string, string>> = {
  OOM: 'it is full. Raise maxmemory, or use a volatile-* eviction policy',
  READONLY: 'it is a replica. Point the provider at the primary',
  NOAUTH: 'it wants a password. Set the password (REDIS_PASSWORD)',
  WRONGPASS:
    'it does not accept the credentials. Check username and password (REDIS_USERNAME, REDIS_PASSWORD)',
  NOPERM: 'the ACL user may not do this. Grant the commands and key patterns that the README lists',
  LOADING: 'it is still loading its data. This ends by itself',
  BUSY: 'a script blocks it. Look for slow scripts of other applications',
  MISCONF: 'it cannot persist its data and takes no writes. Look into its log',
  NOREPLICAS: 'too few replicas are in step (min-replicas-to-write)',
  MASTERDOWN: 'it is a replica that lost its primary. Point the provider at the primary',
  WRONGTYPE: 'a key holds another type of data. Give the cache a namespace or database of its own',
  MOVED: 'it is a node of a cluster. The provider needs a standalone server',
  CLUSTERDOWN: 'it is a node of a cluster. The provider needs a standalone server',
  DBINDEX: 'it has no such database. Check the database number (REDIS_DB)',
};

/** Reduces any error of ioredis, Redis or the network to a code, a word and advice; arguments never survive. */
export function failureOf(error: unknown): RedisFailure {
  const { name, message, code } = asErrorLike(error);
  if (name === 'ReplyError') return refused(errorClass(message));
  if (message === 'Command timed out') return timedOut();
  const word = typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : 'CLOSED';
  return {
    code: 'STORE_UNAVAILABLE',
    word,
    message:
      `There is no connection to Redis (${word}). ` +
      'Check that the server runs and that host, port and TLS settings are right; connecting is tried again.',
  };
}

/** The failure of a command that got no answer in time. */
export function timedOut(): RedisFailure {
  return {
    code: 'STORE_TIMEOUT',
    word: 'TIMEOUT',
    message:
      'Redis did not answer in time; the command may still take effect. ' +
      'Check the load of the server and the network, or raise the command timeout (CACHE_COMMAND_TIMEOUT).',
  };
}

/** The cache's own error for any error of a command. It has no cause: ioredis attaches arguments to its errors. */
export function toCacheError(error: unknown): CacheError {
  if (isCacheError(error)) return error;
  const { code, message } = failureOf(error);
  return new CacheError(code, message);
}

/** Whether the server does not know a script by its digest. */
export function isNoScript(error: unknown): boolean {
  const { name, message } = asErrorLike(error);
  return name === 'ReplyError' && message.startsWith('NOSCRIPT');
}

function refused(word: string): RedisFailure {
  const advice = ADVICE[word] ?? "look into the server's log";
  return { code: 'STORE_REFUSED', word, message: `Redis refused a command (${word}): ${advice}.` };
}

/** Error class of a reply; errors inside scripts carry it behind the script's name in servers before Redis 7. */
function errorClass(message: string): string {
  if (message.includes('DB index is out of range')) return 'DBINDEX';
  const inScript = /@user_script:.*?-([A-Z]{3,}) /.exec(message);
  return inScript?.[1] ?? /^([A-Z][A-Z0-9_]*)(?: |$)/.exec(message)?.[1] ?? 'ERR';
}

function asErrorLike(error: unknown): { name: string; message: string; code: unknown } {
  if (typeof error !== 'object' || error === null)
    return { name: '', message: '', code: undefined };
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  return { name: String(name), message: String(message), code };
}
