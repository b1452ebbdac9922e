import { inspect } from 'node:util';

import { CacheError } from '@vitalcache/core';

import { failureOf, isNoScript, toCacheError, type RedisError } from './redis.errors.js';

const CANARY = 'patient-4711';
const SHA = '0f'.repeat(20);

/** As redis-errors and ioredis make them: the command and its arguments hang on the error. */
function replyError(message: string): Error {
  const command = { name: 'set', args: [CANARY, CANARY] };
  return Object.assign(new Error(message), {
    name: 'ReplyError',
    command,
    previousErrors: [CANARY],
  });
}

describe('toCacheError', () => {
  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
    ["READONLY You can't write against a read only replica.", 'READONLY'],
    ['NOAUTH Authentication required.', 'NOAUTH'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'WRONGPASS'],
    [`NOPERM this user has no permissions to access one of the keys: ${CANARY}`, 'NOPERM'],
    ['LOADING Redis is loading the dataset in memory', 'LOADING'],
    [`WRONGTYPE Operation against a key holding the wrong kind of value ${CANARY}`, 'WRONGTYPE'],
    [`MOVED 3999 10.0.0.1:6381`, 'MOVED'],
    [`ERR unknown command 'FOO', with args beginning with: '${CANARY}'`, 'ERR'],
    ['ERR DB index is out of range', 'DBINDEX'],
    ['ERR Error running script (call to f_1): @user_script:3: -OOM command not allowed', 'OOM'],
    ['something without a class', 'ERR'],
    // Dragonfly
    ['LOADING Dragonfly is loading the dataset in memory', 'LOADING'],
    ['ERR Out of memory', 'OOM'],
    [`ERR Error running script (call to ${SHA}): @user_script:27: -ERR Out of memory`, 'OOM'],
    [
      `ERR Error running script (call to ${SHA}): @user_script:5: -WRONGTYPE Operation`,
      'WRONGTYPE',
    ],
    [
      `ERR Error running script (call to ${SHA}): @user_script:8: -ERR script tried accessing undeclared key, key: x`,
      'ERR',
    ],
  ])('makes %s a refusal that names the class and says what to do', (message, word) => {
    const error = toCacheError(replyError(message));
    expect(error.code).toBe('STORE_REFUSED');
    expect(error.message).toMatch(
      new RegExp(`^The server refused a command \\(${word}\\): .{20,}\\.$`),
    );
  });

  it.each([
    [
      Object.assign(new Error(`connect ECONNREFUSED ${CANARY}`), { code: 'ECONNREFUSED' }),
      'ECONNREFUSED',
    ],
    [
      Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
    [Object.assign(new Error('x'), { code: CANARY }), 'CLOSED'],
    [new Error("Stream isn't writeable and enableOfflineQueue options is false"), 'CLOSED'],
    [new Error('Connection is closed.'), 'CLOSED'],
    [undefined, 'CLOSED'],
  ])('makes %s an unavailable store', (error, word) => {
    expect(failureOf(error)).toMatchObject({ code: 'STORE_UNAVAILABLE', word });
  });

  it('makes a command timeout of the client a timeout', () => {
    expect(toCacheError(new Error('Command timed out')).code).toBe('STORE_TIMEOUT');
  });

  it.each([
    [
      'MOVED 3999 127.0.0.1:6381',
      { kind: 'MOVED', slot: 3999, address: { host: '127.0.0.1', port: 6381 } },
    ],
    ['ASK 1 cache-2:7000', { kind: 'ASK', slot: 1, address: { host: 'cache-2', port: 7000 } }],
    ['MOVED 3999 somewhere', undefined],
    ['OOM MOVED 3999 127.0.0.1:6381', undefined],
  ])('knows where %s points to', (message, redirect) => {
    expect((toCacheError(replyError(message)) as RedisError).redirect).toEqual(redirect);
  });

  it('leaves a CacheError as it is', () => {
    const error = new CacheError('CLOSED', 'x');
    expect(toCacheError(error)).toBe(error);
  });

  it('keeps nothing of the arguments, however the error is printed', () => {
    const messages = [`NOPERM ${CANARY}`, `ERR '${CANARY}'`, `${CANARY}`, `OOM ${CANARY}`];
    for (const message of messages) {
      const error = toCacheError(replyError(message));
      const printed = inspect(error, { depth: Infinity, showHidden: true }) + String(error.stack);
      expect(printed).not.toContain(CANARY);
      expect(error.cause).toBeUndefined();
    }
  });
});

describe('isNoScript', () => {
  it('knows the reply to an unknown digest and nothing else', () => {
    expect(isNoScript(replyError('NOSCRIPT No matching script. Please use EVAL.'))).toBe(true);
    expect(isNoScript(replyError('ERR NOSCRIPT'))).toBe(false);
    expect(isNoScript(new Error('NOSCRIPT'))).toBe(false);
    expect(isNoScript(null)).toBe(false);
  });
});
