import { generateKeyring, generateRingKey, type KeyringItem } from './generate-keyring.js';
import { Keyring } from './keyring.js';
import { destroyRingKey, enableRingKey } from './keyring-steps.js';
import { KeyedNames } from '../../names/keyed-names.js';

type Ring = Record<'kek' | 'index' | 'audit', KeyringItem[]>;

const OLD = JSON.parse(generateKeyring()) as Ring;
const NEW = { ...generateRingKey('index'), id: 'index-new' };
const oldId = OLD.index[0]?.id as string;
const both = JSON.stringify({ ...OLD, index: [...OLD.index, NEW] });

const namesOf = (text: string): KeyedNames => {
  const { index: keys, retiredMarks } = Keyring.parse(text);
  return new KeyedNames({ keys, retiredMarks });
};

describe('the exchange of a key', () => {
  it('enables the new one, and leaves the old one to what is there', () => {
    const { index } = Keyring.parse(enableRingKey(both, 'index', 'index-new'));
    expect(index.map(({ id, state }) => [id, state])).toEqual([
      ['index-new', 'enabled'],
      [oldId, 'decrypt-only'],
    ]);
  });

  it('leaves a journal that was begun with the old key to the namespace when that is destroyed', () => {
    const before = namesOf(both);
    const text = destroyRingKey(enableRingKey(both, 'index', 'index-new'), 'index', oldId);
    expect(text).not.toContain(OLD.index[0]?.key);
    const after = namesOf(text);
    expect(after.mark).not.toBe(before.mark);
    expect(after.knows(before.mark)).toBe(true);
    expect(after.hashesOf('tag', 'a')).toEqual([before.hashesOf('tag', 'a')[1]]);
    expect(namesOf(generateKeyring()).knows(before.mark)).toBe(false);
  });

  it('leaves no mark of keys that name nothing', () => {
    const kek = [...OLD.kek, { ...generateRingKey('kek'), id: 'kek-new' }];
    const enabled = enableRingKey(JSON.stringify({ ...OLD, kek }), 'kek', 'kek-new');
    const ring = JSON.parse(destroyRingKey(enabled, 'kek', OLD.kek[0]?.id as string)) as Ring;
    expect(ring.kek).toContainEqual({ id: OLD.kek[0]?.id, state: 'destroyed' });
  });

  it.each([
    ['the enabled key', () => destroyRingKey(both, 'index', oldId), 'enable another first'],
    ['a key that is not there', () => destroyRingKey(both, 'index', 'none'), 'it has index-'],
    [
      'a list without keys',
      () => enableRingKey(`{"format":1,"index":${JSON.stringify(OLD.index)}}`, 'kek', 'a'),
      'none',
    ],
    ['what is no keyring', () => enableRingKey('{}', 'kek', 'a'), 'format must be 1'],
  ])('refuses %s', (_, change, expected) => {
    expect(change).toThrow(expected);
  });

  it('enables nothing that is destroyed', () => {
    const text = destroyRingKey(enableRingKey(both, 'index', 'index-new'), 'index', oldId);
    expect(() => enableRingKey(text, 'index', oldId)).toThrow('is destroyed');
    expect(destroyRingKey(text, 'index', oldId)).toBe(text);
  });
});
