// node build-site.mjs [--quick] [--serve]: builds docs/ and the READMEs into dist/; --quick leaves the API reference out.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, serve } from 'vitepress';

import { repositoryUrl } from './repository-url.mjs';
import { stagePages } from './stage-pages.mjs';

const site = fileURLToPath(new URL('..', import.meta.url));
const root = join(site, '../..');
const pages = join(site, '.pages');
const options = new Set(process.argv.slice(2));

rmSync(join(site, 'dist'), { recursive: true, force: true });
const staged = stagePages(root, pages, repositoryUrl(root));
console.log(`▸ ${staged.length} pages`);
if (!options.has('--quick')) {
  console.log('▸ API reference from the sources');
  const { writeReference } = await import('./write-reference.mjs');
  await writeReference(root, join(pages, 'reference'));
}
await build(site);
console.log('▸ apps/docs/dist: static files. To look at them: npm run docs -- --serve');
if (options.has('--serve')) await serve({ root: site, port: 8089 });
else process.exit(0); // the bundler leaves workers open
