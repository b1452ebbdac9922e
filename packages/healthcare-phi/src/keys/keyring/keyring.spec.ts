import { createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentReader, isCacheError } from '@vitalcache/core';

import { generateKeyring, generateRingKey } from './generate-keyring.js';
import { Keyring } from './keyring.js';
import { loadKeyring, readKeyring } from './read-keyring.js';

const NOW = Date.UTC(2026, 0, 1);
type Ring = Record<string, { id?: unknown; state?: unknown; key?: unknown }[]>;
const ring = (): Ring & { format: number } => JSON.parse(generateKeyring(NOW)) as never;
const base64 = (bytes: Buffer): string => bytes.toString('base64');

function refusal(made: object | string): string {
  const text = typeof made === 'string' ? made : JSON.stringify(made);
  try {
    Keyring.parse(text);
  } catch (error) {
    if (isCacheError(error, 'CONFIG_INVALID')) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('Keyring', () => {
  it('is what generateKeyring makes: a key for each purpose, no two alike', () => {
    const { kek, index, audit } = Keyring.parse(generateKeyring(NOW));
    expect([kek, index, audit].map((list) => list.length)).toEqual([1, 1, 1]);
    expect(kek[0]?.id).toMatch(/^kek-2026-01-01-[0-9a-f]{6}$/);
    const texts = Object.values(ring()).flatMap((list) =>
      Array.isArray(list) ? list.map(({ key }) => key) : [],
    );
    expect(new Set(texts).size).toBe(3);
  });

  it('has an audit key that signs', () => {
    const key = Keyring.parse(generateKeyring(NOW)).audit[0]?.key as never;
    const signature = sign(null, Buffer.from('head'), key);
    expect(verify(null, Buffer.from('head'), createPublicKey(key), signature)).toBe(true);
  });

  it('puts the enabled key first, wherever it stands', () => {
    const made = ring();
    made['kek']?.unshift({ ...generateRingKey('kek', NOW), id: 'coming' });
    made['kek']?.unshift({ id: 'gone', state: 'destroyed' });
    const { kek } = Keyring.parse(JSON.stringify(made));
    expect(kek.map(({ state }) => state)).toEqual(['enabled', 'decrypt-only', 'destroyed']);
    expect(kek[2]).toEqual({ id: 'gone', state: 'destroyed', key: null });
  });

  it.each([
    ['a mark beside its key', { ...generateRingKey('index'), mark: 'abc' }, 'destroyed'],
    ['a mark that is none', { id: 'gone', state: 'destroyed', mark: 'a b' }, 'index[1].mark'],
  ])('refuses %s', (_, item, expected) => {
    const made = ring();
    made['index']?.push(item);
    expect(refusal(made)).toContain(expected);
  });

  it.each<[string, (made: Ring) => void, string]>([
    [
      'a passphrase',
      (made) => set(made, base64(Buffer.from('correct horse battery staple ok!'))),
      'passphrase',
    ],
    ['equal bytes', (made) => set(made, base64(Buffer.alloc(32, 7))), 'not random'],
    ['zeros', (made) => set(made, base64(Buffer.alloc(32))), 'not random'],
    ['31 bytes', (made) => set(made, base64(randomBytes(31))), '32 bytes'],
    ['33 bytes', (made) => set(made, base64(randomBytes(33))), '32 bytes'],
    ['hexadecimal', (made) => set(made, randomBytes(32).toString('hex')), '32 bytes'],
    ['bits that base64 has no use for', (made) => set(made, nonCanonical()), 'canonical'],
    ['a number', (made) => set(made, 7), '32 bytes'],
    ['no key', (made) => delete made['kek']?.[0]?.key, '32 bytes'],
  ])('refuses %s for a key, and says what to do', (_, change, expected) => {
    const made = ring();
    change(made);
    expect(refusal(made)).toContain(expected);
    expect(refusal(made)).toContain('kek[0].key');
    expect(refusal(made)).toContain('openssl rand -base64 32');
  });

  it.each<[string, (made: Ring) => void, string]>([
    [
      'an unknown state',
      (made) => Object.assign(made['kek']?.[0] ?? {}, { state: 'on' }),
      'enabled, decrypt-only, destroyed',
    ],
    [
      'an id with a slash',
      (made) => Object.assign(made['kek']?.[0] ?? {}, { id: 'a/b' }),
      'kek[0].id',
    ],
    [
      'an id twice',
      (made) => made['kek']?.push({ ...generateRingKey('kek'), id: made['kek'][0]?.id }),
      'twice',
    ],
    [
      'two enabled keys',
      (made) => made['kek']?.push({ ...generateRingKey('kek'), state: 'enabled' }),
      'exactly one',
    ],
    [
      'no enabled key',
      (made) => Object.assign(made['kek']?.[0] ?? {}, { state: 'decrypt-only' }),
      'exactly one',
    ],
    [
      'a destroyed key that is there',
      (made) => made['kek']?.push({ ...generateRingKey('kek'), state: 'destroyed' }),
      'remove',
    ],
    [
      'one key for two purposes',
      (made) => Object.assign(made['index']?.[0] ?? {}, { key: made['kek']?.[0]?.key }),
      'random bytes of its own',
    ],
    [
      'a member with a typing error',
      (made) => Object.assign(made['kek']?.[0] ?? {}, { sate: 'x' }),
      'other than id',
    ],
    ['an unknown list', (made) => Object.assign(made, { dek: [] }), 'other than format'],
    ['another format', (made) => Object.assign(made, { format: 2 }), 'format must be 1'],
    ['no index key', (made) => delete made['index'], 'index must hold'],
    ['a list that is none', (made) => Object.assign(made, { kek: {} }), 'kek must be a list'],
    [
      'a key that is none',
      (made) => Object.assign(made, { kek: [null] }),
      'kek[0] must be an object',
    ],
  ])('refuses %s', (_, change, expected) => {
    const made = ring();
    change(made);
    expect(refusal(made)).toContain(expected);
  });

  it.each(['', '[]', 'null', '{"format":1', 'SECRET-IN-CLEAR'])('refuses %j', (text) => {
    expect(refusal(text)).toContain('CACHE_KEYRING');
  });

  it('never repeats what it was given', () => {
    const key = base64(Buffer.alloc(32, 9));
    expect(refusal(`{"format":1,"kek":"${key}`)).not.toContain(key.slice(0, 8));
    const made = ring();
    set(made, `${key}!`);
    Object.assign(made, { 'SECRET-IN-CLEAR': 1 });
    expect(refusal(made)).not.toContain(key.slice(0, 8));
    expect(refusal(made)).not.toContain('SECRET');
  });
});

describe('readKeyring', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitalcache-ring-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (mode: number, name = `ring-${mode}`): string => {
    const path = join(folder, name);
    writeFileSync(path, generateKeyring(NOW), { mode });
    chmodSync(path, mode);
    return path;
  };
  const problemOf = (env: Record<string, string>): string => {
    const reader = new EnvironmentReader(env);
    expect(readKeyring(reader)).toBeUndefined();
    try {
      reader.assertValid();
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  it('reads the variable, or the file that the other one names', () => {
    const read = (env: Record<string, string>): Keyring | undefined =>
      readKeyring(new EnvironmentReader(env));
    expect(read({ CACHE_KEYRING: generateKeyring(NOW) })?.kek).toHaveLength(1);
    expect(read({ CACHE_KEYRING_FILE: file(0o600) })?.kek).toHaveLength(1);
    expect(read({ CACHE_KEYRING_FILE: file(0o400) })?.kek).toHaveLength(1);
    expect(problemOf({})).toBe('');
  });

  it('follows links, as orchestrators mount secrets, to a file that only its owner may read', () => {
    const link = join(folder, 'link');
    symlinkSync(file(0o600, 'target'), link);
    expect(loadKeyring(link).index).toHaveLength(1);
    const open = join(folder, 'open-link');
    symlinkSync(file(0o644, 'open'), open);
    expect(problemOf({ CACHE_KEYRING_FILE: open })).toContain('0644');
  });

  it.each([0o644, 0o640, 0o604, 0o660, 0o601])('refuses a file of mode %i', (mode) => {
    const problem = problemOf({ CACHE_KEYRING_FILE: file(mode) });
    expect(problem).toContain(`0${mode.toString(8)}`);
    expect(problem).toContain('chmod 600');
  });

  it('refuses what is no file, and both variables at once', () => {
    expect(problemOf({ CACHE_KEYRING_FILE: join(folder, 'none') })).toContain('ENOENT');
    expect(problemOf({ CACHE_KEYRING_FILE: folder })).toContain('not a regular file');
    expect(problemOf({ CACHE_KEYRING_FILE: '/dev/null' })).toContain('not a regular file');
    expect(problemOf({ CACHE_KEYRING: '{}', CACHE_KEYRING_FILE: 'x' })).toContain('only one');
    expect(problemOf({ CACHE_KEYRING: '{}' })).toContain('format must be 1');
  });
});

function set(made: Ring, key: unknown): void {
  Object.assign(made['kek']?.[0] ?? {}, { key });
}

/** The last character before `=` carries two bits that count for nothing; here they are set. */
function nonCanonical(): string {
  return `${'k9Zq'.repeat(10)}k9Z=`;
}
