// node tools/release/sbom.mjs [version], npm run sbom
// Writes .results/sbom.cdx.json: everything that an installation of all packages of a published version brings along, as
// CycloneDX. Asks the registry that npm is set to.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { root, say } from '../bootstrap/process.mjs';

const TARGET = join(root, '.results/sbom.cdx.json');

const manifests = () =>
  readdirSync(join(root, 'packages')).map((name) =>
    JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')),
  );

/** @returns how many components it lists */
export function writeSbom(version, env = {}, target = TARGET) {
  const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
  const npm = (...args) =>
    execFileSync('npm', args, {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  try {
    const dependencies = Object.fromEntries(manifests().map(({ name }) => [name, version]));
    const manifest = { name: 'vitalcache', version, license: 'MIT', private: true, dependencies };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    npm('install', '--ignore-scripts', '--loglevel=error');
    const text = npm('sbom', '--sbom-format=cyclonedx', '--sbom-type=library');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    return JSON.parse(text).components.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const version = process.argv[2] ?? manifests()[0].version;
  try {
    say(`${writeSbom(version)} components in ${TARGET}`);
  } catch (error) {
    console.error(
      `There is no list of ${version}. Is it published?\n${error.stderr ?? error.message}`,
    );
    process.exitCode = 1;
  }
}
