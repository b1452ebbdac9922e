import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { auditKeyId, LocalAuditSigner } from './audit.signer.js';
import { generateAuditKeys, readPublicKey, readSigningKey } from './audit-keys.js';

describe('keys of the audit', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vc-audit-keys-'));
  const pair = generateAuditKeys();
  afterAll(() => rmSync(directory, { recursive: true }));
  const inFile = (text: string, mode = 0o600) => {
    const file = join(directory, `${Math.random()}.pem`);
    writeFileSync(file, text, { mode });
    return { file };
  };
  const jwk = createPrivateKey(pair.privateKey).export({ format: 'jwk' }) as Record<
    string,
    unknown
  >;

  it('come in pairs that are named alike and different each time', () => {
    expect(auditKeyId(readPublicKey(pair.publicKey))).toBe(pair.keyId);
    expect(new LocalAuditSigner(readSigningKey(pair.privateKey)).keyId).toBe(pair.keyId);
    expect(generateAuditKeys().keyId).not.toBe(pair.keyId);
  });

  it.each([
    ['PEM', pair.privateKey],
    ['a JWK', jwk],
    ['a JWK as text', JSON.stringify(jwk)],
    ['a KeyObject', createPrivateKey(pair.privateKey)],
    ['a file of PEM', inFile(pair.privateKey)],
    ['a file of a JWK', inFile(JSON.stringify(jwk))],
  ])('are read from %s', (_, input) => {
    const signer = new LocalAuditSigner(readSigningKey(input));

    expect(signer.keyId).toBe(pair.keyId);
    expect(signer.sign('x')).toBe(new LocalAuditSigner(readSigningKey(pair.privateKey)).sign('x'));
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  it.each([
    ['text that is no key', 'no-key-at-all'],
    ['a public key', pair.publicKey],
    ['a key of another kind', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a KeyObject of another kind', rsa.privateKey],
    ['a JWK that is damaged', { ...jwk, d: 'x' }],
    ['a file that is not there', { file: join(directory, 'none') }],
    ['a file that its group can read', inFile(pair.privateKey, 0o640)],
  ])('are not taken from %s, and no part of it is repeated', (_, input) => {
    let message = '';
    try {
      readSigningKey(input);
    } catch (error) {
      message = (error as Error).message;
      expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    }

    expect(message).toMatch(/keygen|0600/);
    expect(message).not.toContain('no-key-at-all');
  });
});
