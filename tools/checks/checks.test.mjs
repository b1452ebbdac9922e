import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { embedLua } from '../build/embed-lua.mjs';
import { checkApiChanges } from './api-changes.mjs';
import { checkCycles } from './cycles.mjs';
import { checkExports } from './exports.mjs';
import { controlsPage } from '../build/write-controls.mjs';
import { checkControls } from './controls.mjs';
import { checkGenerated } from './generated.mjs';
import { checkLicences } from './licences.mjs';
import { checkLinks } from './links.mjs';
import { checkLua } from './lua.mjs';
import { checkMachinePaths } from './machine-paths.mjs';
import { longReadmes } from './packages.mjs';
import { checkSamples } from './samples.mjs';
import { checkSnippets } from './snippets.mjs';
import { checkWording } from './wording.mjs';

// As on a terminal: what is found is the same there.
process.env.FORCE_COLOR = '1';

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checks-'));
  execFileSync('git', ['init', '-q'], { cwd: root });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path, text) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};

const SCRIPT = `-- Adds one.
-- KEYS[1] counter
-- ARGV[1] time to live, ms
-- Returns the new count.
redis.call('PEXPIRE', KEYS[1], ARGV[1]) -- \`not\` \${code}
return redis.call('INCR', KEYS[1])
`;

test('wording: finds both claims with file and line, also over a line break', () => {
  const law = ['HI', 'PAA'].join('');
  write('README.md', `fine\nfully ${law} compliant\n${law}-Compliant\n${law}\ncompliant\n`);
  write('docs/speed.md', `${13 * 2}x faster\n`);
  const { problems } = checkWording(root);
  assert.deepEqual(
    problems.map((problem) => problem.split(':').slice(0, 2).join(':')),
    ['README.md:2', 'README.md:3', 'README.md:4', 'docs/speed.md:1'],
  );
});

test('wording: accepts the law by name and other numbers', () => {
  write('README.md', `${['HI', 'PAA'].join('')} Security Rule, 126x, 26 times, 0x26xyz\n`);
  assert.deepEqual(checkWording(root).problems, []);
});

test('machine paths: finds them in sources and registry hosts in the lock file', () => {
  write('src/a.ts', `const folder = '/${'wo'}rk/main';\n`);
  write('package-lock.json', '{"x": {\n"resolved": "https://registry.example/x.tgz"\n}}');
  assert.equal(checkMachinePaths(root).problems.length, 2);
});

test('machine paths: accepts relative ones, URLs and links in the lock file', () => {
  write('src/a.ts', `fetch('https://example.org/${'wo'}rk/x', './${'ro'}ot/x');\n`);
  write('package-lock.json', '{"x": {\n"resolved": "packages/core", "link": true\n}}');
  assert.deepEqual(checkMachinePaths(root).problems, []);
});

test('exports: one home each, in the index, re-export elsewhere allowed', () => {
  write('packages/a/src/one.ts', 'export class One {}\nexport interface Shape {}\n');
  write('packages/a/src/index.ts', "export { One } from './one.js';\nexport * from './one.js';\n");
  write('packages/b/src/index.ts', "export { One } from '@vitalcache/a';\n");
  const { problems, notes } = checkExports(root, ['One', 'Shape', 'Later']);
  assert.deepEqual(problems, []);
  assert.deepEqual(notes, ['still to come: Later']);
});

test('exports: two homes, and a home that the index forgot', () => {
  write('packages/a/src/one.ts', 'export class One {}\nexport const Two = 2;\n');
  write('packages/a/src/index.ts', "export { One } from './one.js';\n");
  write('packages/b/src/index.ts', 'class One {}\nexport { One };\n');
  const { problems } = checkExports(root, ['One', 'Two']);
  assert.match(problems[0], /^One has more than one home: packages\/a.+packages\/b/);
  assert.match(problems[1], /^Two .+ not exported by the index/);
});

test('cycles: counts type imports', () => {
  write('packages/a/src/one.ts', "import type { Two } from './two.js';\nexport type One = Two;\n");
  write('packages/a/src/two.ts', "export type Two = import('./three.js').Three;\n");
  write('packages/a/src/three.ts', "export * from './one.js';\nexport type Three = 3;\n");
  assert.equal(checkCycles(root).problems.length, 1);
});

test('cycles: accepts a diamond', () => {
  write('packages/a/src/one.ts', "import './two.js';\nimport './three.js';\n");
  write('packages/a/src/two.ts', "import './three.js';\n");
  write('packages/a/src/three.ts', 'export {};\n');
  assert.deepEqual(checkCycles(root).problems, []);
});

test('Lua: accepts a script whose name and header say what the body does', () => {
  write('packages/a/src/scripts/add-one-1.lua', SCRIPT);
  assert.deepEqual(checkLua(root).problems, []);
});

for (const [what, file, text] of [
  ['a key count that is not the body’s', 'add-one-2.lua', SCRIPT],
  ['no key count', 'add-one.lua', SCRIPT],
  ['no header', 'add-one-1.lua', SCRIPT.replace(/^--.*\n/gm, '')],
  ['a key that the header does not list', 'add-one-1.lua', SCRIPT.replace('-- KEYS[1]', '-- key')],
  ['an argument that the header lost', 'add-one-1.lua', SCRIPT.replace('-- ARGV[1]', '--')],
  ['an argument that the body lost', 'add-one-1.lua', SCRIPT.replace(', ARGV[1])', ', 5)')],
  ['a header without the result', 'add-one-1.lua', SCRIPT.replace('-- Returns', '-- Then')],
  ['a hidden number of keys', 'add-one-1.lua', SCRIPT.replace('return', 'return #KEYS +')],
]) {
  test(`Lua: refuses ${what}`, () => {
    write(`packages/a/src/scripts/${file}`, text);
    assert.equal(checkLua(root).problems.length > 0, true);
  });
}

test('embedded Lua: the module holds the source as written, and goes stale with it', async () => {
  write('packages/a/src/scripts/add-one-1.lua', SCRIPT);
  assert.equal(checkGenerated(root).problems.length, 1);
  embedLua(join(root, 'packages/a'));
  assert.deepEqual(checkGenerated(root).problems, []);
  const module = readFileSync(join(root, 'packages/a/src/scripts/lua-scripts.ts'), 'utf8');
  const literal = module.slice(module.indexOf('addOne: `') + 8, module.lastIndexOf('`') + 1);
  const { default: embedded } = await import(
    `data:text/javascript,${encodeURIComponent(`export default ${literal}`)}`
  );
  assert.equal(embedded, SCRIPT);
  write('packages/a/src/scripts/add-one-1.lua', `${SCRIPT}-- more\n`);
  assert.equal(checkGenerated(root).problems.length, 1);
});

test('references: a dependency without its reference is reported', () => {
  const config = '{ "include": [], "references": [] }';
  write('packages/a/package.json', '{ "name": "@vitalcache/a" }');
  write('packages/a/tsconfig.lib.json', config);
  write('packages/b/package.json', '{ "name": "b", "peerDependencies": { "@vitalcache/a": "*" } }');
  write('packages/b/tsconfig.lib.json', config);
  const { problems } = checkGenerated(root);
  assert.equal(problems.length, 1);
  assert.match(problems[0], /^packages\/b\/tsconfig\.lib\.json/);
});

test('controls: a row without its test is reported, and so is a page that says something else', async () => {
  const row = {
    what: 'a safeguard',
    how: 'a seal',
    who: 'L',
    tests: [['packages/a/a.spec.ts', 'seals']],
  };
  const table = (...rows) =>
    write(
      'docs/healthcare/controls.json',
      JSON.stringify({ title: 'Controls', about: [], tables: [{ title: 'T', rows }] }),
    );
  table(row, { what: 'people', how: 'a contract', who: 'D' });
  write('packages/a/a.spec.ts', "it('seals', () => {});");
  write('docs/healthcare/controls.md', await controlsPage(root));
  assert.deepEqual((await checkControls(root)).problems, []);
  write('packages/a/a.spec.ts', "it('opens', () => {});");
  assert.match((await checkControls(root)).problems[0], /a safeguard: .* no test "seals"/);
  table({ ...row, tests: [] });
  const { problems } = await checkControls(root);
  assert.match(problems[0], /no test shows it/);
  assert.match(problems[1], /controls\.md: not as written/);
});

test('samples: a harness that differs, a sample without a test, and a test that is not there', async () => {
  const home = 'packages/nest-integration/test/samples';
  const region = (text) => `  // sample: 01-users\n  ${text}\n  // end of sample\n`;
  const tests = [['packages/a/a.spec.ts', 'finds users']];
  const table = (rows) => write(`${home}/samples.json`, JSON.stringify(rows));
  write(`${home}/document/01-users.txt`, 'find(id);\n');
  write('packages/a/a.spec.ts', "it('finds users', () => {});");
  write(`${home}/a.sample.ts`, region('find(key);'));
  table({ '01-users': { tests, changes: [{ from: 'id', to: 'key', why: 'the name' }] } });
  const problems = async () => (await checkSamples(root)).problems;
  assert.deepEqual(await problems(), ['docs/samples.md: not as written; run npm run generate']);
  write(`${home}/a.sample.ts`, region('find(id);'));
  assert.match((await problems())[0], /a\.sample\.ts: does not hold its samples/);
  table({ '01-users': { tests: [['packages/a/a.spec.ts', 'loses users']] } });
  assert.match((await problems())[0], /has no test "loses users"/);
  table({});
  assert.match((await problems())[0], /01-users has no test/);
});

test('links: leads to files and anchors that are there, also of repeated headings', () => {
  write('docs/a.md', '# A b `c`, d!\n\n## Same\n\n## Same\n\n<a id="here"></a>[up](#a-b-c-d)\n');
  const links = ['docs', 'docs/a.md#same-1', './docs/a.md#here', '#start', 'https://a.example/#x'];
  write('README.md', `# Start\n\n${links.map((link) => `[x](${link})`).join('\n')}\n`);
  assert.deepEqual(checkLinks(root).problems, []);
});

test('links: reports what leads nowhere, with file and line, and looks into no code', () => {
  write('docs/a.md', '# A\n\n## B\n');
  const links = ['no.md', 'docs/a.md#c', '#gone', '/docs/a.md'];
  const code = '```md\n[x](code.md)\n```\n\n`[x](inline.md)` <!-- [x](comment.md) -->\n';
  write('README.md', `${code}\n${links.map((link) => `[\`x\` y](${link})\n`).join('')}`);
  assert.deepEqual(checkLinks(root).problems, [
    'README.md:7: no.md leads nowhere',
    'README.md:8: docs/a.md#c: there is no heading or anchor #c',
    'README.md:9: #gone: there is no heading or anchor #gone',
    'README.md:10: /docs/a.md is absolute; use a relative link',
  ]);
});

const repository = fileURLToPath(new URL('../..', import.meta.url));
const example = (code) => `\`\`\`ts\n${code}\n\`\`\`\n`;

/** What examples need of the repository. */
function withCompiler() {
  copyFileSync(join(repository, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  write('.gitignore', 'node_modules\n');
}

test('examples: finds what does not compile, with file and line', () => {
  withCompiler();
  const given = '<!-- given: declare const answer: number; -->\n\n';
  write('README.md', `# A\n\n${given}${example('answer.toFixed();\nanswer.shout();')}`);
  write('packages/a/README.md', example('export const a: number = 1;'));
  const { problems, notes } = checkSnippets(root);
  assert.equal(problems.length, 1);
  assert.match(problems[0], /^README\.md:7: .*shout/);
  assert.deepEqual(notes, ['2 examples, 0 of them run']);
});

test('examples: runs those that can be, and finds what they do not print', () => {
  withCompiler();
  const given = '<!-- run: const answer = await Promise.resolve(42); -->\n\n';
  const prints = (what) => `${given}${example(`console.log(answer, 'x'); // → ${what}`)}`;
  write('docs/right.md', prints('42 x'));
  assert.deepEqual(checkSnippets(root).problems, []);
  write('docs/wrong.md', prints('43 x'));
  write('docs/throws.md', `${given}${example("throw new Error('no ' + answer);")}`);
  const { problems } = checkSnippets(root);
  assert.match(problems[0], /^docs\/throws\.md:4: [^]*no 42/);
  assert.match(problems[1], /^docs\/wrong\.md:4: [^]*prints\n42 x\n[^]*43 x/);
  assert.equal(problems.length, 2);
});

test('licences: refuses what is not permissive, and for what is passed on more than for tools', async () => {
  write('packages/core/package.json', '{ "dependencies": { "passed-on": "1.0.0" } }');
  const entries = (passedOn, tool) => ({
    packages: {
      '': {},
      'node_modules/passed-on': { version: '1.0.0', license: passedOn },
      'node_modules/tool': { version: '1.0.0', license: tool, dev: true },
    },
  });
  const problemsOf = async (...licences) => {
    write('package-lock.json', JSON.stringify(entries(...licences)));
    const { problems } = await checkLicences(root);
    return problems.filter((problem) => problem.includes('is under'));
  };
  assert.deepEqual(await problemsOf('(MIT OR Apache-2.0)', 'Python-2.0'), []);
  assert.match((await problemsOf('MIT', 'GPL-3.0-only')).join(), /tool is under GPL-3\.0-only/);
  assert.match((await problemsOf('(MIT AND GPL-2.0)', 'MIT')).join(), /passed-on is under/);
  assert.match((await problemsOf('Python-2.0', 'MIT')).join(), /passed-on is under/);
  assert.match((await problemsOf(undefined, 'MIT')).join(), /none named/);
});

test('packages: a README has at most 110 lines, other pages as many as they need', () => {
  const lines = (count) => 'x\n'.repeat(count);
  write('packages/a/README.md', lines(110));
  write('packages/b/README.md', lines(111));
  write('packages/b/docs/README.md', lines(111));
  write('docs/a.md', lines(111));
  const [problem, ...others] = longReadmes(root);
  assert.match(problem, /^packages\/b\/README\.md:111: 111 lines, at most 110; /);
  assert.deepEqual(others, []);
});

describe('changes of exports', () => {
  const REPORT = 'packages/a/api-report.md';
  const git = (...args) => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
  const commit = () => {
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '-qm', 'a');
  };
  const changeset = (name, more = '') =>
    write(`.changeset/${name}.md`, `---\n'@vitalcache/a': minor\n---\n\nWhat is new.${more}\n`);

  beforeEach(() => {
    write('packages/core/package.json', '{ "version": "0.1.0" }');
    write(REPORT, 'const a: number;\n');
    changeset('told-before');
    git('checkout', '-q', '-b', 'main');
    commit();
    git('checkout', '-q', '-b', 'work');
  });

  test('without any, nothing is asked for', () => {
    assert.deepEqual(checkApiChanges(root).problems, []);
  });

  test('committed or not, they need a changeset that is not from before', () => {
    write(REPORT, 'const a: string;\n');
    assert.match(checkApiChanges(root).problems.join(), /exports has changed: run npm run chang/);
    commit();
    assert.equal(checkApiChanges(root).problems.length, 1);
    write(
      '.changeset/other.md',
      "---\n'@vitalcache/ab': minor\n---\n\n@vitalcache/a' is not meant\n",
    );
    assert.equal(checkApiChanges(root).problems.length, 1);
    changeset('told-now');
    assert.deepEqual(checkApiChanges(root).problems, []);
  });

  test('a changeset that was there and says more by now counts', () => {
    write(REPORT, 'const a: string;\n');
    changeset('told-before', ' And this.');
    assert.deepEqual(checkApiChanges(root).problems, []);
  });

  test('on the main branch they are compared with the release of its version', () => {
    git('tag', '@vitalcache/core@0.1.0');
    git('checkout', '-q', 'main');
    write(REPORT, 'const a: string;\n');
    commit();
    assert.equal(checkApiChanges(root).problems.length, 1);
    write('packages/core/package.json', '{ "version": "0.2.0" }');
    commit();
    assert.deepEqual(checkApiChanges(root).problems, []);
  });
});
