import fc from 'fast-check';

import { assertToken, formatToken, parseToken } from './read-token.js';

const MAX = Number.MAX_SAFE_INTEGER;
const point = fc.record({
  namespace: fc.string({ unit: 'binary', maxLength: 64 }),
  epoch: fc.record({ stamp: fc.nat(MAX), nonce: fc.nat(2 ** 32 - 1) }),
  stamp: fc.nat(MAX),
});

describe('formatToken', () => {
  it('gives one word for URLs and headers that is read back as it was', () => {
    fc.assert(
      fc.property(point, (original) => {
        const token = formatToken(original);
        expect(token).toMatch(/^[\w.-]+$/);
        expect(encodeURIComponent(token)).toBe(token);
        expect(parseToken(token)).toEqual(original);
      }),
    );
  });
});

describe('assertToken', () => {
  const good = formatToken({ namespace: 'app', epoch: { stamp: MAX, nonce: 1 }, stamp: 2 });

  it.each([
    ['nothing', undefined],
    ['no string', 7],
    ['an empty string', ''],
    ['another form', good.replace('1.', '2.')],
    ['a part too few', good.split('.').slice(0, -1).join('.')],
    ['a part too many', `${good}.0`],
    ['a number that is none', good.replace(/.$/, '!')],
    ['a number that is not safe', good.replace(/[^.]+$/, 'zzzzzzzzzzz')],
    ['spaces around it', ` ${good}`],
    ['more than a token', `1.${'a'.repeat(600)}.1.1.1`],
  ])('refuses %s without repeating it', (_name, token) => {
    const error = (() => {
      try {
        return assertToken(token);
      } catch (reason) {
        return reason;
      }
    })() as Error;
    expect(error).toMatchObject({ code: 'OPTION_INVALID' });
    if (typeof token === 'string' && token) expect(error.message).not.toContain(token);
  });

  it('takes what formatToken gave', () => {
    expect(() => assertToken(good)).not.toThrow();
  });

  it('never fails in another way', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string()), (token) => {
        try {
          assertToken(token);
        } catch (error) {
          expect(error).toMatchObject({ code: 'OPTION_INVALID' });
        }
      }),
    );
  });
});
