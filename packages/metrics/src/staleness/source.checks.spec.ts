import { agree, SourceChecks } from './source.checks.js';

const check = () => null;

describe('SourceChecks', () => {
  const checks = new SourceChecks();
  const byName = () => 'by name';
  const byPattern = () => 'by pattern';
  const literal = () => 'literal';
  checks.register('user', byName);
  checks.register('users:{id}', byPattern);
  checks.register('users:all', literal);

  it.each([
    ['users:7', 'user', byName],
    ['users:7', 'users:{id}', byPattern],
    ['users:7', 'unnamed', byPattern],
    ['users:all', 'unnamed', literal],
    ['users:7:posts', 'unnamed', undefined],
    ['users:7\u001fde', 'users:{id}', undefined],
  ])('finds the check of %j as %s', (key, template, expected) => {
    expect(checks.of({ key, template })?.ask).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ['users:{id}', check, 'CONFIG_INVALID'],
    ['posts:{id}', 'no function', 'OPTION_INVALID'],
    ['posts:{id', check, 'KEY_INVALID'],
  ])('refuses %s', (template, ask, code) => {
    expect(() => checks.register(template, ask as typeof check)).toThrow(
      expect.objectContaining({ code }) as Error,
    );
  });

  it('takes the value for its version where nothing else is said', () => {
    checks.register('a', check);
    checks.register('b', check, { versionOf: ({ version }: { version: number }) => version });
    const value = { version: 3 };
    const of = (template: string) => checks.of({ key: 'x', template });
    expect([of('a')?.versionOf(value), of('b')?.versionOf(value)]).toEqual([value, 3]);
  });
});

describe('agree', () => {
  class Row {
    constructor(readonly name: string) {}
  }
  it.each<[unknown, unknown, boolean]>([
    [{ name: 'Ada' }, new Row('Ada'), true],
    [{ name: 'Ada' }, Object.assign(Object.create(null) as object, { name: 'Ada' }), true],
    [{ name: 'Ada' }, new Row('Eve'), false],
    [new Date(5), new Date(5), true],
    [new Map([['a', 1]]), new Map([['a', 2]]), false],
    [Object.freeze([1, NaN]), [1, NaN], true],
    [null, null, true],
    [null, undefined, false],
  ])('%j and %j: %s', (cached, current, expected) => {
    expect(agree(cached, current)).toBe(expected);
  });
});
