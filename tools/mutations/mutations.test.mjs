import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';

import { MUTATIONS } from './mutations.mjs';

test('every mechanism of the mutation table stands where the table says, and in docs/mutations.md', async () => {
  const page = await readFile('docs/mutations.md', 'utf8');
  for (const { mechanism, file, find } of MUTATIONS) {
    const source = await readFile(file, 'utf8');
    assert.equal(source.split(find).length, 2, `${file} does not hold exactly once: ${find}`);
    assert.ok(page.includes(`| ${mechanism} `), `docs/mutations.md lacks: ${mechanism}`);
  }
  assert.ok(!page.includes('**nothing**'), 'a mechanism that no test misses');
});
