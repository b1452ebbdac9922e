import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { applicationName, applicationRequires, versionOf } from './application.js';

describe('the application', () => {
  const entryBefore = process.argv[1];
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'application-')));
  const write = (path: string, text: string): string => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };

  beforeEach(() => {
    process.argv[1] = write('dist/main.js', '');
    write('dist/package.json', '{"type":"module"}');
    write('package.json', '{"name":"@clinic/api~x"}');
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.argv[1] = entryBefore ?? '';
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe('applicationName', () => {
    it('is the nearest name above the entry script, fit for a namespace', () => {
      expect(applicationName()).toBe('@clinic/api-x');
    });

    it('goes past manifests that can not be read', () => {
      write('dist/package.json', '{');
      expect(applicationName()).toBe('@clinic/api-x');
    });

    it('is that of the working directory when the entry script is a tool', () => {
      process.argv[1] = write('node_modules/tool/bin.js', '');
      write('worker/package.json', '{"name":"worker"}');
      jest.spyOn(process, 'cwd').mockReturnValue(join(folder, 'worker'));
      expect(applicationName()).toBe('worker');
    });
  });

  describe('versionOf', () => {
    it('finds what the application installed', () => {
      write('node_modules/own/package.json', '{"version":"1.2.3"}');
      expect(versionOf('own')).toBe('1.2.3');
      expect(versionOf('nowhere')).toBeNull();
    });
  });

  it('loads packages that only the application sees', () => {
    write('node_modules/loaded/package.json', '{"main":"x.js"}');
    write('node_modules/loaded/x.js', 'module.exports = { answer: 42 };');
    expect(applicationRequires()[0]?.('loaded')).toEqual({ answer: 42 });
  });
});
