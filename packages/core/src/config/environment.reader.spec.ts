import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentReader } from './environment.reader.js';

describe('EnvironmentReader', () => {
  it('reads typed values; empty counts as unset', () => {
    const reader = new EnvironmentReader({
      A: '12',
      B: 'TRUE',
      C: '0',
      D: 'x',
      E: '',
      F: ' redis ',
    });
    expect([
      reader.integer('A', 0, 20),
      reader.boolean('B'),
      reader.boolean('C'),
      reader.choice('D', ['x', 'y']),
      reader.string('E'),
      reader.string('F'),
      reader.integer('G', 0, 1),
    ]).toEqual([12, true, false, 'x', undefined, 'redis', undefined]);
    expect(() => reader.assertValid()).not.toThrow();
  });

  it('names every unusable variable in one line, with what it accepts', () => {
    const reader = new EnvironmentReader({
      PORT: 'abc',
      ON: 'yes',
      KIND: 'mongo',
      SIZE: '-1',
      HEX: '0x10',
    });
    reader.integer('PORT', 1, 65_535);
    reader.boolean('ON');
    reader.choice('KIND', ['memory', 'redis']);
    reader.integer('SIZE', 1, 9);
    reader.integer('HEX', 1, 99);
    expect(() => reader.assertValid()).toThrow(
      'PORT is "abc"; accepted: a whole number from 1 to 65535 · ON is "yes"; accepted: true, false, 1 or 0 · ' +
        'KIND is "mongo"; accepted: one of memory, redis · SIZE is "-1"; accepted: a whole number from 1 to 9 · ' +
        'HEX is "0x10"; accepted: a whole number from 1 to 99',
    );
  });

  it('reads secrets from files, and never repeats them', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vitalcache-')), 'secret');
    writeFileSync(file, 's3cret\n');
    const reader = new EnvironmentReader({
      P_FILE: file,
      Q: 'direct',
      R: 'a',
      R_FILE: file,
      S_FILE: '/nowhere',
    });
    expect([reader.secret('P'), reader.secret('Q')]).toEqual(['s3cret', 'direct']);
    reader.secret('R');
    reader.secret('S');
    expect(() => reader.assertValid()).toThrow(
      /^R: accepted: only one of R and R_FILE · S_FILE is "\/nowhere"/,
    );
  });
});
