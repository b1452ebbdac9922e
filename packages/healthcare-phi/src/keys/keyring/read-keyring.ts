import { isCacheError, type EnvironmentReader } from '@vitalcache/core';

import { Keyring } from './keyring.js';
import { readSecretFile } from './keyring-file.js';

/**
 * The keyring of `CACHE_KEYRING` (the JSON itself) or `CACHE_KEYRING_FILE`; `undefined` if neither is set, or if it can't be
 * used, which is noted in the reader.
 */
export function readKeyring(reader: EnvironmentReader): Keyring | undefined {
  const text = reader.string('CACHE_KEYRING');
  const path = reader.string('CACHE_KEYRING_FILE');
  if (text !== undefined && path !== undefined) {
    return reader.reject('CACHE_KEYRING', 'only one of CACHE_KEYRING and CACHE_KEYRING_FILE');
  }
  const source = path === undefined ? 'CACHE_KEYRING' : 'CACHE_KEYRING_FILE';
  if (text === undefined && path === undefined) return undefined;
  try {
    return Keyring.parse(
      text ?? readSecretFile(path as string, `The file named by ${source}`),
      source,
    );
  } catch (error) {
    if (!isCacheError(error)) throw error;
    return reader.reject(source, `a keyring. ${error.message}`);
  }
}

/** The keyring in a file. @throws CacheError `CONFIG_INVALID` naming the file */
export function loadKeyring(path: string): Keyring {
  return Keyring.parse(readSecretFile(path), path);
}
