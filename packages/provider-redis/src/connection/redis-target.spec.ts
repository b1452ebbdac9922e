import { isCacheError } from '@vitalcache/core';

import { contradictions, mergeTargets, parseRedisUrl } from './redis-target.js';

describe('parseRedisUrl', () => {
  it.each([
    ['redis://cache', { host: 'cache', tls: false }],
    ['redis://cache/', { host: 'cache', tls: false }],
    ['redis://cache:6380/3', { host: 'cache', port: 6380, db: 3, tls: false }],
    [
      'rediss://app:s%40cret%2F@cache',
      { host: 'cache', username: 'app', password: 's@cret/', tls: true },
    ],
    ['redis://:secret@10.0.0.1', { host: '10.0.0.1', password: 'secret', tls: false }],
    ['redis://[::1]:7000/0', { host: '::1', port: 7000, db: 0, tls: false }],
  ])('takes %s apart', (url, expected) => {
    const absent = { port: undefined, username: undefined, password: undefined, db: undefined };
    expect(parseRedisUrl(url)).toEqual({ ...absent, ...expected });
  });

  it.each([
    'http://cache',
    'cache:6379',
    'redis://',
    'redis:///0',
    'redis://app:hunter2@cache/zero',
    'redis://app:hunter2@cache/0/1',
    'redis://app:hunter2@cache?family=6',
    'redis://app:hunter2%@cache',
    'redis://app:hunter2@cache:99999',
    '',
  ])('refuses %j without repeating it', (url) => {
    const error = attempt(() => parseRedisUrl(url));
    expect(isCacheError(error, 'CONFIG_INVALID')).toBe(true);
    expect(String(error)).not.toContain('hunter2');
    expect(String(error)).toContain('redis://[[username]:password@]host[:port][/db]');
  });
});

describe('contradictions', () => {
  it('names what both say differently, and only that', () => {
    const a = { host: 'a', port: 1, db: 0, tls: false };
    expect(contradictions(a, { host: 'a', port: 2, tls: true, password: 'x' })).toEqual([
      'port',
      'tls',
    ]);
    expect(contradictions(a, {})).toEqual([]);
  });
});

describe('mergeTargets', () => {
  it('lets the first speak where it says something, false and 0 included', () => {
    const merged = mergeTargets(
      { host: 'a', db: 0, tls: false, port: undefined },
      { host: 'b', db: 5, tls: true, port: 1 },
    );
    expect(merged).toEqual({ host: 'a', db: 0, tls: false, port: 1 });
  });
});

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
