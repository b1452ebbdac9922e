import { CACHE_DEFAULTS } from './cache-options.js';
import { resolveOptions } from './resolve-options.js';

const serializerOf = (options: object) => resolveOptions(options, CACHE_DEFAULTS).serializer;
const project = (fields: unknown, value: unknown): unknown =>
  serializerOf({ project: fields })?.toCache(value as never);

describe('projecting', () => {
  it('keeps the members that are named, of lists of each element, and nothing else', () => {
    const patient = { id: '7', name: 'A', ssn: 'x', address: { city: 'B', street: 'C' } };
    const expected = { id: '7', address: { city: 'B' } };
    expect(project(['id', 'address.city', 'absent'], patient)).toStrictEqual(expected);
    expect(project(['id', 'address.city'], [patient])).toStrictEqual([expected]);
    expect(project(['address', 'address.city'], patient)).toStrictEqual({
      address: patient.address,
    });
    expect(project(['id'], new Map([['id', 1]]))).toStrictEqual({});
    expect(project(['id'], 'text')).toBe('text');
  });

  it('never keeps what is inherited', () => {
    expect(project(['id'], Object.create({ id: 'inherited' }))).toStrictEqual({});
  });

  it('looks at what the serializer of the caller made', () => {
    const own = { toCache: () => ({ a: 1, b: 2 }), fromCache: () => 'back' };
    const both = serializerOf({ serializer: own, project: ['a'] });
    expect(both?.toCache('x' as never)).toStrictEqual({ a: 1 });
    expect(both?.fromCache('x' as never)).toBe('back');
    expect(serializerOf({ project: ['a'] })?.fromCache(3 as never)).toBe(3);
  });

  it('leaves away what another call stored under the same key', () => {
    const stored = { id: '7', ssn: 'x' };
    expect(serializerOf({ project: ['id'] })?.fromCache(stored as never)).toStrictEqual({
      id: '7',
    });
    const own = { toCache: (value: unknown) => value, fromCache: JSON.stringify };
    const both = serializerOf({ serializer: own, project: ['id'] });
    expect(both?.fromCache(stored as never)).toBe('{"id":"7"}');
  });

  it.each([[[]], ['id'], [[1]], [['a..b']], [['']], [['__proto__']], [['a.constructor']]])(
    'refuses %j',
    (fields) => {
      expect(() => serializerOf({ project: fields })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    },
  );
});
