// node tools/build/record-support.mjs, npm run support
// Records in docs/support.json what the results of the last `npm test` prove, and writes the page. What has a
// failure is not recorded.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startStore } from '@vitalcache/testing';
import { Redis } from 'ioredis';
import { format } from 'prettier';

import { root } from '../bootstrap/process.mjs';
import { projectFolders } from '../bootstrap/results.mjs';
import { fixturesOf, merge, readSupport, testsOf } from './support-results.mjs';
import { supportPage } from './write-support.mjs';

const DATA = join(root, 'docs/support.json');

/** The version that a server gives of itself: of the one that the tests would start. */
async function serverVersion(product) {
  const store = await startStore(product);
  const client = new Redis(store.url);
  try {
    const info = await client.info('server');
    const [, version] =
      /^(?:valkey|dragonfly)_version:(?:df-v)?(\S+)/m.exec(info) ??
      /^redis_version:(\S+)/m.exec(info);
    return version;
  } finally {
    client.disconnect();
    await store.stop();
  }
}

function packageVersion([name, folder], fixture) {
  const read = (path) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  if (fixture) return read(`fixtures/${fixture}`).dependencies[name];
  const places = [`${folder}/node_modules/${name}`, `node_modules/${name}`];
  return read(places.find((place) => existsSync(join(root, place)))).version;
}

const servers = new Map();
async function versionOf({ version, fixture }) {
  if (Array.isArray(version)) return packageVersion(version, fixture);
  if (!servers.has(version)) servers.set(version, await serverVersion(version));
  return servers.get(version);
}

const tests = testsOf(projectFolders());
if (tests.length === 0) {
  console.error('Nothing is recorded: there are no results. Run npm test first.');
  process.exit(1);
}
const date = new Date().toISOString().slice(0, 10);
const before = existsSync(DATA)
  ? JSON.parse(readFileSync(DATA, 'utf8'))
  : { runs: [], missing: [] };
const now = await readSupport({ tests, fixtures: fixturesOf(root), versionOf, date });
const text = JSON.stringify(merge(before, now));
writeFileSync(DATA, await format(text, { parser: 'json', printWidth: 100 }));
writeFileSync(join(root, 'docs/support.md'), await supportPage(root));
console.log(`Recorded ${now.runs.length} rows; ${now.missing.length} had nothing to run on.`);
if (now.failing.length > 0)
  console.error(`Not recorded, because tests failed: ${now.failing.join(', ')}`);
process.exit(now.failing.length > 0 ? 1 : 0);
