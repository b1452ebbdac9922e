import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { parse } from 'dotenv';

const sample = (name: string): string => join(__dirname, 'document', `${name}.txt`);
const read = (name: string): string => readFileSync(sample(name), 'utf8');

describe('the dependencies of the document', () => {
  const names = read('02-dependencies').replace('npm install ', '').trim().split(' ');

  it.each(names)('%s can be installed beside the packages: it is here', (name) => {
    expect(names).toHaveLength(4);
    expect(() => createRequire(__filename).resolve(`${name}/package.json`)).not.toThrow();
  });
});

describe('the .env of the document', () => {
  const file = sample('03-environment-variables');
  /** What `node --env-file` makes of it, in a process of its own. */
  const byNode = (): Record<string, string> => {
    const print = 'process.stdout.write(JSON.stringify(process.env))';
    const args = [`--env-file=${file}`, '-e', print];
    return JSON.parse(execFileSync(process.execPath, args, { env: {}, encoding: 'utf8' })) as never;
  };

  it('is the fixture of the core, byte for byte', () => {
    const fixture = join(__dirname, '../../../core/test/fixtures/document.env');
    expect(readFileSync(fixture, 'utf8')).toBe(read('03-environment-variables'));
  });

  it('says the same to dotenv and to node --env-file', () => {
    const byDotenv = parse(read('03-environment-variables'));
    expect(Object.keys(byDotenv)).toHaveLength(42);
    expect(byNode()).toMatchObject(byDotenv);
    expect(byDotenv['CACHE_PROVIDER']).toBe('dragonfly');
  });
});
