import { mayMatch } from './may-match.js';
import { ANY } from './syntax.js';

describe('mayMatch', () => {
  it.each<[string, string, boolean]>([
    ['users:list', 'users:list', false],
    [`users:${ANY}`, 'users:7', false],
    ['users:7', `users:${ANY}`, false],
    [`users:${ANY}`, `users:${ANY}`, false],
    [`users:${ANY}:orders`, 'users:*', true],
    ['users:list', 'user?:l*', true],
    [`a${ANY}c`, `${ANY}bc`, false],
  ])('%j may be matched by %j', (template, pattern, isGlob) => {
    expect(mayMatch(template, pattern, isGlob)).toBe(true);
  });

  it.each<[string, string, boolean]>([
    ['users:list', 'users', false],
    [`users:${ANY}`, `user:${ANY}`, false],
    [`users:${ANY}`, 'orders:*', true],
    [`users:${ANY}`, 'users:*', false],
    ['users:*', 'users:7', false],
    ['', 'a', false],
  ])('%j can not be matched by %j', (template, pattern, isGlob) => {
    const isStar = pattern === 'users:*' && !isGlob;
    // A star that is no pattern is a star: only what is put in at run time could be one.
    expect(mayMatch(template, pattern, isGlob)).toBe(isStar);
  });
});
