import { createHash, timingSafeEqual } from 'node:crypto';

import { CacheError, type EnvironmentReader } from '@vitalcache/core';

import type { AdminScope } from './admin-scope.js';
import type { CacheAdminOptions } from './cache-admin.options.js';

const TOKEN = 'CACHE_ADMIN_TOKEN';
const READ_TOKEN = 'CACHE_ADMIN_READ_TOKEN';
const MIN_LENGTH = 16;
const ACCEPTED = `a secret of ${MIN_LENGTH} to 512 printable characters without spaces, such as what \`openssl rand -hex 32\` prints`;

/** Who a token stands for. */
export interface TokenHolder {
  readonly actor: 'admin-token' | 'read-token';
  readonly scopes: readonly AdminScope[];
}

interface KnownToken extends TokenHolder {
  readonly digest: Buffer;
}

/** Knows the tokens of the administration, by their digests only. */
export class AdminAccess {
  readonly #tokens: readonly KnownToken[];

  constructor(token: string | undefined, readToken: string | undefined) {
    this.#tokens = [
      ...known(token, { actor: 'admin-token', scopes: ['read', 'write'] }),
      ...known(readToken, { actor: 'read-token', scopes: ['read'] }),
    ];
  }

  get hasTokens(): boolean {
    return this.#tokens.length > 0;
  }

  /** Takes the same time whichever token is given, and whatever it has in common with a right one. */
  holderOf(given: string): TokenHolder | null {
    const digest = digestOf(given);
    let holder: TokenHolder | null = null;
    for (const one of this.#tokens) {
      if (timingSafeEqual(digest, one.digest)) holder = one;
    }
    return holder;
  }
}

/**
 * Takes tokens from options, else from variables or files; what is wrong with variables is noted in the reader.
 * @throws CacheError `CONFIG_INVALID` for options
 */
export function readAdminAccess(
  reader: EnvironmentReader,
  { token, readToken }: Pick<CacheAdminOptions, 'token' | 'readToken'> = {},
): AdminAccess {
  const written = { 'admin.token': token, 'admin.readToken': readToken };
  for (const [name, value] of Object.entries(written)) {
    if (value !== undefined && !isToken(value)) {
      throw new CacheError('CONFIG_INVALID', `${name} can't be used; accepted: ${ACCEPTED}.`);
    }
  }
  const all = token ?? variable(reader, TOKEN);
  const read = readToken ?? variable(reader, READ_TOKEN);
  if (all !== undefined && all === read) {
    reader.reject(READ_TOKEN, `another secret than ${TOKEN}, which may change things`);
  }
  return new AdminAccess(all, read);
}

function variable(reader: EnvironmentReader, name: string): string | undefined {
  const value = reader.secret(name);
  return value === undefined || isToken(value) ? value : reader.reject(name, ACCEPTED);
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]{16,512}$/.test(value);
}

function known(token: string | undefined, holder: TokenHolder): KnownToken[] {
  return token === undefined ? [] : [{ ...holder, digest: digestOf(token) }];
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
