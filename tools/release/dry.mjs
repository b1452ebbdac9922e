// node tools/release/dry.mjs, npm run release:dry
// Rehearses a release in a copy of what is committed: changeset, versions, changelogs, build, publishing to a registry of
// its own, installing from it, and a first run. Nothing leaves this machine, and the checkout is left as it is.
import { execFile } from 'node:child_process';
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
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { root, say, seconds } from '../bootstrap/process.mjs';
import { startLocalRegistry } from './local-registry.mjs';
import { writeSbom } from './sbom.mjs';

const SMOKE_PACKAGES = ['core', 'swr', 'provider-memory', 'cli'];
const REPOSITORY = 'example/vitalcache';

const folder = mkdtempSync(join(tmpdir(), 'release-dry-'));
const copy = join(folder, 'copy');
const consumer = join(folder, 'consumer');
const started = performance.now();
const runFile = promisify(execFile);
const interrupted = new AbortController();
let registry;

async function cleanUp() {
  await registry?.stop();
  // What was told to end may still be writing.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    interrupted.abort();
    await cleanUp();
    process.exit(128 + constants.signals[signal]);
  });
}

/** One step of the way, told of with its time. */
async function step(name, work) {
  const since = performance.now();
  const note = await work();
  say(`${name}${note ? `: ${note}` : ''} (${seconds(since)})`);
}

/** @returns what it said */
async function runIn(cwd, command, args, env = {}) {
  try {
    const { signal } = interrupted;
    return (await runFile(command, args, { cwd, env: { ...process.env, ...env }, signal })).stdout;
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
  await step('a copy of what is committed', async () => {
    await runIn(folder, 'git', ['clone', '--quiet', root, copy]);
    await runIn(copy, 'npm', ['ci', '--prefer-offline', '--loglevel=error']);
  });

  await step('a changeset', () => {
    const text = "---\n'@vitalcache/core': minor\n---\n\nA rehearsal.\n";
    writeFileSync(join(copy, '.changeset/rehearsal.md'), text);
  });

  let version;
  await step('versions and changelogs', async () => {
    const before = manifestsOf()[0].version;
    await runIn(copy, 'npm', ['run', '--silent', 'version-packages']);
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

  await step('build and publish', async () => {
    const env = { ...registry.env, GITHUB_REPOSITORY: REPOSITORY };
    await runIn(copy, 'npm', ['run', '--silent', 'release', '--', '--no-git-tag'], env);
    return manifestsOf()
      .map(({ name }) => name)
      .join(', ');
  });

  await step('install from it', async () => {
    mkdirSync(consumer);
    writeFileSync(
      join(consumer, 'package.json'),
      '{ "name": "consumer", "private": true, "type": "module" }\n',
    );
    const names = SMOKE_PACKAGES.map((name) => `@vitalcache/${name}@${version}`);
    await runIn(consumer, 'npm', ['install', '--loglevel=error', ...names], registry.env);
    const ours = join(consumer, 'node_modules/@vitalcache');
    const { repository } = JSON.parse(readFileSync(join(ours, 'core/package.json'), 'utf8'));
    if (!repository?.url.endsWith(`/${REPOSITORY}.git`))
      throw new Error('What was published does not say where its sources are.');
    return `${readdirSync(ours).length} packages of ours`;
  });

  await step('a first run', async () => {
    cpSync(join(root, 'tools/release/smoke.mjs'), join(consumer, 'smoke.mjs'));
    const said = (await runIn(consumer, process.execPath, ['smoke.mjs'])).trim();
    const help = await runIn(consumer, 'node_modules/.bin/vitalcache', ['--help']);
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
  await cleanUp();
}
