import { EnvironmentReader } from '@vitalcache/core';

import { AdminAccess, readAdminAccess } from './admin.access.js';

describe('AdminAccess', () => {
  it('tells the tokens apart by what they may do', () => {
    const access = new AdminAccess('a-token-for-everything', 'a-token-for-looking');
    expect(access.holderOf('a-token-for-everything')?.scopes).toEqual(['read', 'write']);
    expect(access.holderOf('a-token-for-looking')?.scopes).toEqual(['read']);
    expect(access.holderOf('a-token-for-everythin')).toBeNull();
    expect(access.holderOf('')).toBeNull();
    expect(new AdminAccess(undefined, undefined).hasTokens).toBe(false);
  });

  it('keeps digests of one length, which are compared in constant time', () => {
    const access = new AdminAccess('a-token-for-everything', undefined);
    expect(JSON.stringify(Object.values(access))).not.toContain('token');
    // A comparison of other lengths than those of digests would throw.
    expect(access.holderOf('x'.repeat(10_000))).toBeNull();
  });
});

describe('readAdminAccess', () => {
  const problemOf = (env: Record<string, string>): string => {
    const reader = new EnvironmentReader(env);
    readAdminAccess(reader);
    try {
      reader.assertValid();
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each([
    ['short', { CACHE_ADMIN_TOKEN: 'hunter2' }, 'CACHE_ADMIN_TOKEN: accepted: a secret of 16'],
    ['spaced', { CACHE_ADMIN_READ_TOKEN: 'hunter2 and more words' }, 'CACHE_ADMIN_READ_TOKEN:'],
    [
      'the same',
      {
        CACHE_ADMIN_TOKEN: 'hunter2hunter2hunter2',
        CACHE_ADMIN_READ_TOKEN: 'hunter2hunter2hunter2',
      },
      'another secret than CACHE_ADMIN_TOKEN',
    ],
    [
      'in a file that is not there',
      { CACHE_ADMIN_TOKEN_FILE: '/nowhere' },
      'CACHE_ADMIN_TOKEN_FILE',
    ],
  ])('refuses a token that is %s, without repeating it', (_what, env, message) => {
    expect(problemOf(env)).toContain(message);
    expect(problemOf(env)).not.toContain('hunter2');
  });

  it('refuses a bad token in code, without repeating it', () => {
    const read = () => readAdminAccess(new EnvironmentReader({}), { token: 'hunter2' });
    expect(read).toThrow(/admin\.token can't be used/);
    expect(read).not.toThrow(/hunter2/);
  });
});
