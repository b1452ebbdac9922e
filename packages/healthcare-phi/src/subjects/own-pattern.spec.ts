import { assertOwnPattern } from './own-pattern.js';

describe('assertOwnPattern', () => {
  it.each([
    'users:7*',
    'patient:*',
    'patient:7:*',
    'patient:*:profile',
    'patient:7:clinic:*:records',
    'patient:7\\*:profile',
    'doctor:5:schedule:2026-*',
    '*:7',
  ])('lets %s pass', (pattern) => {
    expect(() => assertOwnPattern(pattern)).not.toThrow();
  });

  it.each([
    'patient:7*',
    'patient:7?:profile',
    'patient:[78]:*',
    'patient:**',
    'patient:7\\\\*',
    'medical:1*:clinic:2:history',
    'labs:1:clinic:2*',
    'doctor:?:profile',
  ])('refuses %s: others would be meant as well', (pattern) => {
    expect(() => assertOwnPattern(pattern)).toThrow(
      expect.objectContaining({ code: 'PATTERN_INVALID' }),
    );
  });
});
