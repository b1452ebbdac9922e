import type { EnvironmentReader } from '@vitalcache/core';

import { CA_FILE_ACCEPTED, readCertificateAuthority } from './certificate-authority.js';
import type { RedisServiceOptions } from './redis-options.js';
import {
  contradictions,
  mergeTargets,
  parseRedisUrl,
  REDIS_URL_ACCEPTED,
  type RedisTarget,
} from './redis-target.js';

const VARIABLES: Readonly<Record<keyof RedisTarget, string>> = {
  host: 'REDIS_HOST',
  port: 'REDIS_PORT',
  username: 'REDIS_USERNAME',
  password: 'REDIS_PASSWORD',
  db: 'REDIS_DB',
  tls: 'REDIS_TLS',
};

/**
 * Reads REDIS_URL, REDIS_HOST, REDIS_PORT, REDIS_USERNAME, REDIS_PASSWORD, REDIS_DB, REDIS_TLS and REDIS_TLS_CA_FILE;
 * the URL and the password also from `<name>_FILE`. What is wrong is noted in the reader.
 */
export function readRedisEnvironment(reader: EnvironmentReader): RedisServiceOptions {
  const said: RedisTarget = {
    host: reader.string('REDIS_HOST'),
    port: reader.integer('REDIS_PORT', 1, 65_535),
    username: reader.string('REDIS_USERNAME'),
    password: reader.secret('REDIS_PASSWORD'),
    db: reader.integer('REDIS_DB', 0, 999_999),
    tls: reader.boolean('REDIS_TLS'),
  };
  const inUrl = readUrl(reader);
  for (const name of contradictions(inUrl, said)) {
    reader.reject('REDIS_URL', `a URL that agrees with ${VARIABLES[name]}, or only one of the two`);
  }
  const target = mergeTargets(inUrl, said);
  return { ...target, tlsCaFile: readCaFile(reader, target) };
}

function readUrl(reader: EnvironmentReader): RedisTarget {
  const url = reader.secret('REDIS_URL');
  try {
    return url === undefined ? {} : parseRedisUrl(url);
  } catch {
    reader.reject('REDIS_URL', REDIS_URL_ACCEPTED);
    return {};
  }
}

function readCaFile(reader: EnvironmentReader, { tls }: RedisTarget): string | undefined {
  const file = reader.string('REDIS_TLS_CA_FILE');
  if (file === undefined) return undefined;
  if (!tls)
    return reader.reject('REDIS_TLS_CA_FILE', 'only with REDIS_TLS=true or a rediss:// REDIS_URL');
  try {
    readCertificateAuthority(file);
    return file;
  } catch {
    return reader.reject('REDIS_TLS_CA_FILE', CA_FILE_ACCEPTED, file);
  }
}
