import { runInThisContext } from 'node:vm';

import { parameterNamesOf } from './parameter-names.js';

/** The function `m` of an object with that source. */
function methodOf(source: string): () => unknown {
  return runInThisContext(`({ ${source} }).m`) as () => unknown;
}

describe('parameterNamesOf', () => {
  it.each<[string, (string | null)[]]>([
    ['m() {}', []],
    ['m(a) {}', ['a']],
    ['async m(a, b) {}', ['a', 'b']],
    ['async *m(a, b,) {}', ['a', 'b']],
    ['m: function (a, $b, _c) {}', ['a', '$b', '_c']],
    ['m: function named(a) {}', ['a']],
    ['m: async (a, b) => a', ['a', 'b']],
    ['m: a => a', ['a']],
    ['m: async a => a', ['a']],
    ['m(a = 1, b = [1, 2], c = { x: 1, y: 2 }, d) {}', ['a', 'b', 'c', 'd']],
    ['m(a = "),(", b = \')\', c = `${[")", `,`]}`, d) {}', ['a', 'b', 'c', 'd']],
    ['m(a = (() => (1, 2))(), b) {}', ['a', 'b']],
    ['m(a = /[/),]\\/,/u, b = 4 / 2, c) {}', ['a', 'b', 'c']],
    ['m(/* x, y) */ a /* z */, // w)\n b) {}', ['a', 'b']],
    ['m({ a, b: { c } }, [d, e], f) {}', [null, null, 'f']],
    ['m({ a } = {}, b) {}', [null, 'b']],
    ['m(a, ...rest) {}', ['a', 'rest']],
    ['m(größe, 名) {}', ['größe', '名']],
    ['["m"](a, b) {}', ['a', 'b']],
    ['["("]: 0, m(a) {}', ['a']],
  ])('reads %s', (source, names) => {
    expect(parameterNamesOf(methodOf(source)).names).toEqual(names);
  });

  it('reads a method with a computed name that holds a parenthesis', () => {
    const holder = {
      [Symbol.for('a(b')](id: string) {
        return id;
      },
    };
    expect(parameterNamesOf(holder[Symbol.for('a(b') as never] as never).names).toEqual(['id']);
  });

  it.each([
    ['m(a) {}', false],
    ['m(...all) {}', true],
    ['m() { return arguments[0] }', true],
  ])('knows whether %s reads more arguments than it names', (source, isOpen) => {
    expect(parameterNamesOf(methodOf(source)).isOpen).toBe(isOpen);
  });

  it('knows no names of a bound function', () => {
    const bound = ((id: string) => id).bind(null);
    expect(parameterNamesOf(bound)).toEqual({ names: [], isOpen: true });
  });
});
