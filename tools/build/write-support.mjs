// node tools/build/write-support.mjs
// Writes docs/support.md from docs/support.json, which `npm run support` records from the results of tests.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { format } from 'prettier';

const DATA = 'docs/support.json';
const PAGE = 'docs/support.md';

/** What packages say they work with. */
function ranges(root) {
  const manifest = (path) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  return [
    ['Node.js', manifest('packages/core').engines.node],
    ['NestJS', manifest('packages/nest-integration').peerDependencies['@nestjs/common']],
    ['ioredis', manifest('packages/provider-redis').peerDependencies.ioredis],
  ];
}

const numbers = new Intl.NumberFormat('en');

/** The page as it should be; null: nothing was recorded. */
export async function supportPage(root) {
  if (!existsSync(join(root, DATA))) return null;
  const { runs, missing } = JSON.parse(readFileSync(join(root, DATA), 'utf8'));
  const row = (...cells) => `| ${cells.join(' | ')} |`;
  const lines = [
    '# Support',
    '',
    'What the packages say they work with, and what their tests ran on. Nothing on this page was written by hand: `npm run support` records what the last `npm test`, or `npm run test:node -- 24`, left in its results.',
    '',
    row('', 'accepted'),
    row('---', '---'),
    ...ranges(root).map(([what, range]) => row(what, `\`${range.replaceAll('|', '\\|')}\``)),
    '',
    '## What the tests ran on',
    '',
    row('', 'version', 'tests passed', 'last run'),
    row('---', '---', '---:', '---'),
    ...runs.map(({ what, version, passed, date }) =>
      row(what, version, numbers.format(passed), date),
    ),
    '',
    'Each server has the whole contract of a provider to pass. A later run takes the place of an earlier one with the same version; other versions stay.',
  ];
  if (missing.length > 0) {
    lines.push('', '## What was not there in the last run', '');
    lines.push(...missing.map(({ what, why }) => `- ${what}: ${why}`));
  }
  return format(`${lines.join('\n')}\n`, {
    parser: 'markdown',
    printWidth: 120,
    proseWrap: 'always',
  });
}

/** What is wrong with the page. */
export async function brokenSupport(root) {
  const page = await supportPage(root);
  const file = join(root, PAGE);
  if (page === null) return [];
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === page;
  return isCurrent ? [] : [`${PAGE}: not as written; run npm run generate`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const page = await supportPage(root);
  if (page !== null) writeFileSync(join(root, PAGE), page);
}
