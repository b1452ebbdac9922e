import assert from 'node:assert/strict';
import { test } from 'node:test';

import { differsFrom, sizesOf } from './installs.mjs';
import { driftOf, installedBy, withoutOurs } from './lock.mjs';

const lock = (packages) => ({ lockfileVersion: 3, packages: { '': { name: 'a' }, ...packages } });
const OURS = { 'node_modules/@vitalcache/core': { version: '0.1.0' } };

test('a lock file is kept without our own packages', () => {
  const others = { 'node_modules/x': { version: '1.0.0' } };
  assert.deepEqual(withoutOurs(lock({ ...OURS, ...others })), lock(others));
});

test('what is installed: nested ones too, none of development, native ones told apart', () => {
  const found = installedBy(
    lock({
      ...OURS,
      'node_modules/x/node_modules/@s/y': { version: '2.0.0' },
      'node_modules/tool': { version: '1.0.0', dev: true },
      'node_modules/x-linux': { version: '1.0.0', os: ['linux'] },
    }),
  );
  assert.deepEqual(
    found.map(({ name, isOurs, isNative }) => [name, isOurs, isNative]),
    [
      ['@vitalcache/core', true, false],
      ['@s/y', false, false],
      ['x-linux', false, true],
    ],
  );
  const sizes = sizesOf(found.map((one, index) => ({ ...one, bytes: 10 ** index })));
  assert.deepEqual(sizes, { ours: 1, others: 10, native: 100 });
});

test('drift: what came, went or has another version, ours aside', () => {
  const before = lock({
    'node_modules/x': { version: '1.0.0' },
    'node_modules/y': { version: '1' },
  });
  const after = lock({
    ...OURS,
    'node_modules/x': { version: '1.0.1' },
    'node_modules/z': { version: '2' },
  });
  assert.deepEqual(driftOf(before, before), []);
  assert.deepEqual(driftOf(before, after), ['x 1.0.0 → 1.0.1', 'y 1 → none', 'z none → 2']);
});

test('sizes: a tenth more or less is as noted, and a native build may have any', () => {
  const noted = { a: { ours: 1000, others: 2000, native: 1 } };
  const kib = (ours, others) => ({ ours: ours * 1024, others: others * 1024, native: 9e9 });
  assert.deepEqual(differsFrom(noted, 'a', kib(1099, 1801)), []);
  assert.deepEqual(differsFrom(noted, 'a', kib(1101, 1799)).length, 2);
  assert.equal(differsFrom(noted, 'new', kib(1, 0)).length, 1);
});
