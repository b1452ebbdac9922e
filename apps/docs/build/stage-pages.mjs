import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';

import { listFiles } from '../../../tools/checks/files.mjs';
import { linksOf } from '../../../tools/checks/links.mjs';

const COMMENT = /^<!--[^]*?-->\n+/gm;
const SCHEME = /^[a-z][a-z+.-]*:/i;

/** Where a file of the repository stands on the site; undefined: it does not. */
export function pageOf(path) {
  if (path === 'README.md') return 'overview.md';
  if (path === 'CONTRIBUTING.md') return 'contributing.md';
  if (path === 'SECURITY.md') return 'reporting.md';
  if (path === 'docs/README.md') return 'map.md';
  if (path === 'apps/docs/index.md') return 'index.md';
  if (/^apps\/docs\/public\//.test(path)) return path.slice('apps/docs/'.length);
  if (/^docs\/images\/.+\.svg$/.test(path)) return path.slice(5);
  if (/^docs\/.+\.md$/.test(path)) return path.slice(5).replace(/README\.md$/, 'index.md');
  return /^(packages\/[^/]+|apps\/(?:demo-clinic|benchmark))\/README\.md$/.test(path)
    ? `packages/${basename(dirname(path))}.md`
    : undefined;
}

/**
 * Copies every page to where the site wants it, with links that lead to where things stand there. What is not on the
 * site is linked in the repository, if that has an address, and else only named.
 * @returns paths of the pages on the site
 */
export function stagePages(root, target, repositoryUrl) {
  rmSync(target, { recursive: true, force: true });
  const files = new Set(listFiles(root));
  const pages = [];
  for (const path of files) {
    const page = pageOf(path);
    if (page === undefined) continue;
    mkdirSync(dirname(join(target, page)), { recursive: true });
    if (!page.endsWith('.md')) {
      copyFileSync(join(root, path), join(target, page));
      continue;
    }
    const text = readFileSync(join(root, path), 'utf8').replace(COMMENT, '');
    writeFileSync(join(target, page), relink(text, { path, page, files, repositoryUrl }));
    pages.push(page);
  }
  return pages.sort();
}

function relink(text, { path, page, files, repositoryUrl }) {
  let result = '';
  let done = 0;
  for (const [link, index, whole] of linksOf(text)) {
    if (SCHEME.test(link) || link.startsWith('#') || path === 'apps/docs/index.md') continue;
    const [target, anchor] = link.split('#');
    const found = posix.join(posix.dirname(path), decodeURI(target)).replace(/\/$/, '');
    const file = files.has(found) ? found : `${found}/README.md`;
    const there = files.has(file) ? pageOf(file) : undefined;
    result += text.slice(done, index);
    if (there) {
      const relative = posix.relative(posix.dirname(page), there);
      const place = relative.startsWith('.') ? relative : `./${relative}`;
      result += whole.replace(`(${link}`, `(${place}${anchor ? `#${anchor}` : ''}`);
    } else if (repositoryUrl) {
      result += whole.replace(`(${link}`, `(${repositoryUrl}/blob/main/${found}`);
    } else {
      result += whole.slice(whole.indexOf('[') + 1, whole.lastIndexOf(']('));
    }
    done = index + whole.length;
  }
  return result + text.slice(done);
}
