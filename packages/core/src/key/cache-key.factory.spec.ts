import fc from 'fast-check';

import { compileGlob, escapeGlob } from '../validity/glob.js';
import { CacheKeyFactory } from './cache-key.factory.js';
import { KeyTemplate } from './key-template.js';

const keys = new CacheKeyFactory();

describe('CacheKeyFactory', () => {
  it.each([
    [keys.user(7), 'users:7'],
    [keys.product('books', 'b-1'), 'products:books:b-1'],
    [
      keys.patient('patient-123', 'clinic-456', 'records'),
      'patient:patient-123:clinic:clinic-456:records',
    ],
    [keys.patient('p', 'c'), 'patient:p:clinic:c:records'],
    [keys.patientProfile('p'), 'patient:p:profile'],
    [keys.medicalHistory('p', 'c'), 'medical:p:clinic:c:history'],
    [keys.prescriptions('p', 'c'), 'prescriptions:p:clinic:c'],
    [keys.appointment('a'), 'appointment:a:details'],
    [keys.doctorSchedule('d', '2026-01-31'), 'doctor:d:schedule:2026-01-31'],
    [keys.clinic('c'), 'clinic:c:doctors'],
    [keys.search('knee pain', 2), 'search:knee pain:2'],
    [keys.filter('shoes', '10-20'), 'filter:shoes:10-20'],
  ])('makes %s', (key, expected) => {
    expect(key).toBe(expected);
  });

  it('escapes what means something in keys and patterns', () => {
    expect(keys.user('a:b*?[c]{d}\\%\n')).toBe('users:a%3Ab%2A%3F%5Bc%5D%7Bd%7D%5C%25%0A');
  });

  it('treats one text in two Unicode forms as one', () => {
    expect(keys.user('Zo\u00eb')).toBe(keys.user('Zoe\u0308'));
  });

  it('keeps absent, null, empty and spelled-out values apart', () => {
    const made = [undefined, null, '', 'undefined', 'null', '%-', '%0'].map((id) =>
      keys.key('x:{id}:y', { id }),
    );
    expect(new Set(made).size).toBe(made.length);
  });

  it('refuses ids of people and places that are no strings', () => {
    for (const id of [7, '', null, undefined]) {
      expect(() => keys.patient(id as string, 'c')).toThrow('patientId must be a string');
    }
  });

  it('names the placeholder that is missing, too long or of a wrong type, never a value', () => {
    expect(() => keys.key('users:{id}', {})).toThrow('needs a value for {id}; given: none');
    expect(() => keys.key('users:{id}', { id: 'x'.repeat(10_240) })).toThrow(
      '{id} has 10240 bytes',
    );
    expect(() => keys.key('users:{id}', { id: { secret: 1 } as never })).toThrow(
      '{id} is of type object',
    );
    expect(() => keys.key('users:{id}', { id: ['secret'] as never })).toThrow('{id} is a list');
  });

  it('lets no value reach into another segment or act as a pattern', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(value, value, value, value, (a, b, c, d) => {
        const [left, right] = [
          keys.key('k:{a}:{b}', { a, b }),
          keys.key('k:{a}:{b}', { a: c, b: d }),
        ];
        const isSame = a.normalize() === c.normalize() && b.normalize() === d.normalize();
        expect(left === right).toBe(isSame);
        expect(left.split(':')).toHaveLength(3);
        expect(compileGlob(escapeGlob(left))(right)).toBe(isSame);
      }),
    );
  });
});

describe('KeyTemplate', () => {
  it('knows its placeholders', () => {
    expect(new KeyTemplate('a:{id}:{0}:{user.name}').placeholders).toEqual([
      'id',
      '0',
      'user.name',
    ]);
  });

  it.each(['', 'a:{id', 'a:id}', 'a:{}', 'a:*', 'a:{x y}', 'a\n:{id}'])('refuses %j', (source) => {
    expect(() => new KeyTemplate(source)).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }));
  });
});
