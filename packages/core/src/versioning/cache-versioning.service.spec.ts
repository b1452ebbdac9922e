import fc from 'fast-check';

import { CacheKeyFactory } from '../key/cache-key.factory.js';
import { VARIANT_SEPARATOR } from '../validity/cover-hash.js';
import { CacheVersioningService } from './cache-versioning.service.js';

const VERSIONS = { 'users:{id}': 3, 'users:all': 4, 'posts:{id}:by:{author}': 5, 'old:{id}': 0 };

describe('CacheVersioningService', () => {
  const service = new CacheVersioningService({ versions: VERSIONS, default: 1 });

  it('always finds by key what was stored by template', () => {
    const keys = new CacheKeyFactory();
    const value = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((id) => id !== 'all');
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(VERSIONS)),
        value,
        value,
        (template, id, author) => {
          const key = keys.key(template, { id, author });
          const byTemplate = service.versionOf(template, key);
          expect(service.versionOf('unnamed', key)).toBe(byTemplate);
          expect(service.versionOf('unnamed', key)).toBe(byTemplate); // as it is remembered
        },
      ),
    );
  });

  it.each<[string, string, number]>([
    ['users:{id}', 'users:7', 3],
    ['unnamed', 'users:7', 3],
    ['unnamed', `users:7${VARIANT_SEPARATOR}de`, 3],
    ['unnamed', 'users:all', 4],
    ['unnamed', 'posts:1:by:2', 5],
    ['unnamed', 'old:1', 0],
    ['unnamed', 'users:7:x', 1],
    ['users:list', 'users:7', 3],
    ['elsewhere', 'other', 1],
  ])('%s, %s: %d', (template, key, version) => {
    expect(service.versionOf(template, key)).toBe(version);
  });

  it('has version 0 for everything unless it is told otherwise', () => {
    expect(new CacheVersioningService().versionOf('users:{id}', 'users:7')).toBe(0);
    expect(new CacheVersioningService({ default: 9 }).versionOf('unnamed', 'x')).toBe(9);
  });

  it('takes words of an object for what they are', () => {
    expect(service.versionOf('constructor', 'toString')).toBe(1);
  });

  it.each<[object, string]>([
    [{ versions: { 'users:{id}': 65_536 } }, 'The version of users:{id} is 65536; accepted: a'],
    [{ versions: { 'users:{id}': -1 } }, 'is -1'],
    [{ versions: { 'users:{id}': 1.5 } }, 'is 1.5'],
    [{ versions: { 'users:{id}': '2' } }, 'accepted: a whole number from 0 to 65535'],
    [{ default: NaN }, 'The default version is NaN'],
    [{ versions: { 'users:{id': 1 } }, 'versions names what is no key template'],
  ])('refuses %o by name', (versions, message) => {
    expect(() => new CacheVersioningService(versions)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });
});
