import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

import { CacheError } from '@vitalcache/core';

/** What is accepted as a CA file, for messages. */
export const CA_FILE_ACCEPTED =
  'the path of a PEM file with a certificate that this process can read';

/**
 * Reads the certificate authority that a server's certificate is checked against.
 * @throws CacheError `CONFIG_INVALID` if the file can't be read or holds no usable certificate
 */
export function readCertificateAuthority(file: string): string {
  try {
    const ca = readFileSync(file, 'utf8');
    if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate');
    createSecureContext({ ca });
    return ca;
  } catch {
    throw new CacheError('CONFIG_INVALID', `The CA file (tlsCaFile) must be ${CA_FILE_ACCEPTED}.`);
  }
}
