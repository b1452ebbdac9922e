// node tools/release/dry.mjs, npm run release:dry
// Rehearses a release in a copy of what is committed: changeset, versions, changelogs, build, publishing to a registry of
// its own, installing from it, and a first run. Nothing leaves this machine, and the checkout is left as it is.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root, say, seconds } from '../bootstrap/process.mjs';
import { startLocalRegistry } from './local-registry.mjs';
import { writeSbom } from './sbom.mjs';

const SMOKE_PACKAGES = ['core', 'swr', 'provider-memory', 'cli'];

const folder = mkdtempSync(join(tmpdir(), 'release-dry-'));
const copy = join(folder, 'copy');
const consumer = join(folder, 'consumer');
const started = performance.now();
let registry;

/** One step of the way, told of with its time. */
async function step(name, work) {
  const since = performance.now();
  const note = await work();
  say(`${name}${note ? `: ${note}` : ''} (${seconds(since)})`);
}

function runIn(cwd, command, args, env = {}) {
  const options = {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  };
  try {
    return execFileSync(command, args, options);
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}\n${error.stderr}`, {
      cause: error,
    });
  }
}

const manifestsOf = () =>
  readdirSync(join(copy, 'packages')).map((name) =>
    JSON.parse(readFileSync(join(copy, 'packages', name, 'package.json'), 'utf8')),
  );

try {
  await step('a copy of what is committed', () => {
    runIn(folder, 'git', ['clone', '--quiet', root, copy]);
    runIn(copy, 'npm', ['ci', '--prefer-offline', '--loglevel=error']);
  });

  await step('a changeset', () => {
    const text = "---\n'@vitalcache/core': minor\n---\n\nA rehearsal.\n";
    writeFileSync(join(copy, '.changeset/rehearsal.md'), text);
  });

  let version;
  await step('versions and changelogs', () => {
    const before = manifestsOf()[0].version;
    runIn(copy, 'npm', ['run', '--silent', 'version-packages']);
    const versions = new Set(manifestsOf().map((one) => one.version));
    [version] = versions;
    if (versions.size !== 1 || version === before)
      throw new Error(`Not one new version: ${[...versions]}`);
    if (version.startsWith('1.') && before.startsWith('0.'))
      throw new Error('A minor change became 1.0.0.');
    const silent = readdirSync(join(copy, 'packages')).filter(
      (name) => !existsSync(join(copy, 'packages', name, 'CHANGELOG.md')),
    );
    if (silent.length > 0) throw new Error(`No changelog in ${silent.join(', ')}`);
    return `${before} becomes ${version}`;
  });

  await step('a registry on this machine', async () => {
    registry = await startLocalRegistry(join(folder, 'registry'));
    return registry.url;
  });

  await step('build and publish', () => {
    runIn(copy, 'npm', ['run', '--silent', 'release', '--', '--no-git-tag'], registry.env);
    return manifestsOf()
      .map(({ name }) => name)
      .join(', ');
  });

  await step('install from it', () => {
    mkdirSync(consumer);
    writeFileSync(
      join(consumer, 'package.json'),
      '{ "name": "consumer", "private": true, "type": "module" }\n',
    );
    const names = SMOKE_PACKAGES.map((name) => `@vitalcache/${name}@${version}`);
    runIn(consumer, 'npm', ['install', '--loglevel=error', ...names], registry.env);
    return `${readdirSync(join(consumer, 'node_modules/@vitalcache')).length} packages of ours`;
  });

  await step('a first run', () => {
    cpSync(join(root, 'tools/release/smoke.mjs'), join(consumer, 'smoke.mjs'));
    const said = runIn(consumer, process.execPath, ['smoke.mjs']).trim();
    const help = runIn(consumer, 'node_modules/.bin/vitalcache', ['--help']);
    if (!help.includes('doctor')) throw new Error(`vitalcache --help says: ${help}`);
    return said;
  });

  await step('the list of what it is made of', () => {
    const target = join(folder, 'sbom.cdx.json');
    const count = writeSbom(version, registry.env, target);
    const { bomFormat, components } = JSON.parse(readFileSync(target, 'utf8'));
    const missing = manifestsOf().filter(
      (one) =>
        !components.some(({ purl }) =>
          purl.includes(encodeURIComponent(one.name).replace('%2F', '/')),
        ),
    );
    if (bomFormat !== 'CycloneDX' || missing.length > 0)
      throw new Error(`The list lacks ${missing.map((one) => one.name)}`);
    return `${count} components`;
  });
  say(`A release would go through; the rehearsal took ${seconds(started)}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await registry?.stop();
  rmSync(folder, { recursive: true, force: true });
}
