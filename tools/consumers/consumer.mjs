import { cpSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { npm, root } from '../bootstrap/process.mjs';
import { driftOf, installedBy, withoutOurs } from './lock.mjs';

const LOCK = 'package-lock.json';
const UNREACHED =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|E(SOCKET)?TIMEDOUT)\b/;
const INSTALL = [
  'install',
  '--prefer-offline',
  '--ignore-scripts',
  '--loglevel=error',
  '--no-audit',
  '--no-fund',
  '--omit-lockfile-registry-resolved',
  '--fetch-retries=1',
  '--fetch-timeout=60000',
];
/** What the npm that started this process says about the project it was started in. */
const OWN = Object.keys(process.env).filter((name) => /^npm_(package|config_local)/.test(name));
const withoutOwn = Object.fromEntries(OWN.map((name) => [name, undefined]));

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** An application in `fixtures/`, installed in a folder apart from the repository, where only its own packages are found. */
export class Consumer {
  name;
  #source;
  #folder;

  /** @param place where tarballs of all packages are, in `tarballs` */
  constructor(name, place) {
    this.name = name;
    this.#source = join(root, 'fixtures', name);
    this.#folder = join(place, name);
  }

  /** Installs it: `{ failure }` or `{ unreached }`, or what was `installed` and how that `drift`s from what is locked. */
  async install() {
    this.#copy(this.#source);
    const { app } = readJson(join(this.#source, 'package.json')).config ?? {};
    if (app) this.#copy(join(root, 'fixtures', app));
    const { code, output } = await this.#npm(INSTALL);
    if (code !== 0) return UNREACHED.test(output) ? { unreached: true } : { failure: output };

    const lock = readJson(join(this.#folder, LOCK));
    const known = join(this.#source, LOCK);
    const drift = existsSync(known) ? driftOf(readJson(known), lock) : ['there is no lock file'];
    const present = readJson(join(this.#folder, 'node_modules/.package-lock.json'));
    const installed = installedBy(present).map((one) => ({ ...one, bytes: this.#size(one.path) }));
    return { installed, drift };
  }

  /** Keeps what others have been installed for the next time. */
  saveLock() {
    const lock = withoutOurs(readJson(join(this.#folder, LOCK)));
    writeFileSync(join(this.#source, LOCK), `${JSON.stringify(lock, null, 2)}\n`);
  }

  /** Builds and tests it: how many tests passed, failed and were skipped, and what was said. */
  async test(env) {
    const built = await this.#npm(['run', '--silent', 'build', '--if-present'], env);
    if (built.code !== 0) return { passed: 0, failed: 1, skipped: [], output: built.output };
    const { code, output } = await this.#npm(['test', '--silent'], env);
    const count = (what) => Number(new RegExp(`^[#ℹ] ${what} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
    const failed = code === 0 ? count('fail') : Math.max(count('fail'), 1);
    const skipped = [...output.matchAll(/^\s*(?:ok \d+ - |﹣ )(.+?) # SKIP(.*)$/gm)];
    return {
      passed: count('pass'),
      failed,
      skipped: skipped.map(([, name, why]) => `${name} (skipped:${why})`),
      output,
    };
  }

  #copy(from) {
    const filter = (path) => !/[/\\](node_modules|dist)$/.test(path);
    cpSync(from, this.#folder, { recursive: true, filter });
  }

  #npm(args, env = {}) {
    return npm(
      args,
      { ...withoutOwn, ...env, FORCE_COLOR: undefined, NO_COLOR: '1' },
      this.#folder,
    );
  }

  /** Bytes of a package, without packages that are inside of it. */
  #size(path) {
    const folder = join(this.#folder, path);
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .filter((file) => !file.slice(folder.length).includes('node_modules'))
      .reduce((total, file) => total + statSync(file).size, 0);
  }
}
