import { CacheError } from '@vitalcache/core';

/** Where a standalone server is and how to sign in; `undefined` stands for not said. */
export interface RedisTarget {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Number of the database. */
  readonly db?: number | undefined;
  readonly tls?: boolean | undefined;
}

/** What is accepted as a URL, for messages. */
export const REDIS_URL_ACCEPTED =
  'redis://[[username]:password@]host[:port][/db], or rediss:// for TLS';

/**
 * Takes a Redis URL apart. What the URL does not say is `undefined`, except TLS, which the scheme always says.
 * @throws CacheError `CONFIG_INVALID`; the message does not hold the URL, which may hold a password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const parsed = toUrl(url);
  if (!/^rediss?:$/.test(parsed.protocol) || !parsed.hostname) throw invalid();
  if (parsed.search || parsed.hash) throw invalid();
  const path = /^(?:\/(\d{1,6})?)?$/.exec(parsed.pathname);
  if (!path) throw invalid();
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port ? Number(parsed.port) : undefined,
    username: decoded(parsed.username),
    password: decoded(parsed.password),
    db: path[1] === undefined ? undefined : Number(path[1]),
    tls: parsed.protocol === 'rediss:',
  };
}

/** Names of what both say, differently. */
export function contradictions(a: RedisTarget, b: RedisTarget): readonly (keyof RedisTarget)[] {
  const names = ['host', 'port', 'username', 'password', 'db', 'tls'] as const;
  return names.filter(
    (name) => a[name] !== undefined && b[name] !== undefined && a[name] !== b[name],
  );
}

/** What `a` says, and where it is silent, what `b` says. */
export function mergeTargets(a: RedisTarget, b: RedisTarget): RedisTarget {
  const said = Object.entries(a).filter(([, value]) => value !== undefined);
  return { ...b, ...(Object.fromEntries(said) as RedisTarget) };
}

function toUrl(url: string): URL {
  if (!URL.canParse(url)) throw invalid();
  return new URL(url);
}

function decoded(text: string): string | undefined {
  try {
    return text === '' ? undefined : decodeURIComponent(text);
  } catch {
    throw invalid();
  }
}

function invalid(): CacheError {
  return new CacheError(
    'CONFIG_INVALID',
    `The Redis URL is not valid; accepted: ${REDIS_URL_ACCEPTED}`,
  );
}
