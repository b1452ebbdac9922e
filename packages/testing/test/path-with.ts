import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NOTHING = '#!/bin/sh\nexit 1\n';

/** Folders of executables, as a PATH. Call `remove` when done. */
export class Paths {
  readonly #folders: string[] = [];

  /** An environment without Docker whose PATH holds executables of these names, which do nothing but end. */
  readonly with = (...names: readonly string[]): NodeJS.ProcessEnv =>
    this.withScripts(Object.fromEntries(names.map((name) => [name, NOTHING])));

  /** The same with scripts by name. */
  withScripts(scripts: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const folder = mkdtempSync(join(tmpdir(), 'vitalcache-path-'));
    this.#folders.push(folder);
    for (const [name, text] of Object.entries(scripts)) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
    return { PATH: folder, VITALCACHE_TEST_DOCKER: 'off' };
  }

  remove(): void {
    this.#folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true }));
  }
}
