import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findChromium } from './chromium.js';

describe('findChromium', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'chromium-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const put = (name: string, mode: number): string => {
    const path = join(folder, name);
    writeFileSync(path, '', { mode });
    return path;
  };

  it('finds one on the PATH that can be run, and nothing where there is none', () => {
    put('chromium', 0o600);
    expect(findChromium({ PATH: folder })).toBeNull();
    const chrome = put('google-chrome', 0o700);
    expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(chrome);
    expect(findChromium({})).toBeNull();
  });

  it('prefers the one of CHROMIUM_PATH', () => {
    put('chromium', 0o700);
    const own = put('own', 0o700);
    expect(findChromium({ PATH: folder, CHROMIUM_PATH: own })).toBe(own);
  });
});
