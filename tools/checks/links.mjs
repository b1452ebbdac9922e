import { existsSync, statSync } from 'node:fs';
import { posix, join } from 'node:path';

import { lineOf, listFiles, readText } from './files.mjs';

const LINK =
  /(?<!\\)!?\[(?:[^\]\\`]|\\.|`[^`]*`|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
const CODE = /^(```|~~~)[^]*?^\1|<!--[^]*?-->|(?<!`)(`+)(?!`)[^]*?(?<!`)\2(?!`)/gm;
const HTML_ANCHOR = /<a\s+(?:id|name)="([^"]+)"/g;
const HEADING = /^#{1,6}\s+(.+?)\s*#*$/gm;
/** Written by a tool, or with the links of the site, which are checked when it is built. */
const NOT_HERE = /(^|\/)CHANGELOG\.md$|^apps\/docs\//;
const SCHEME = /^[a-z][a-z+.-]*:/i;

/** Code and comments as spaces of the same length, so that what is left stands where it stood. */
const blank = (text, pattern = CODE) =>
  text.replace(pattern, (match) => match.replace(/[^\n]/g, ' '));

/** As GitHub makes the anchor of a heading. */
export const slugOf = (heading) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]+>/g, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');

/** The anchors of a page. */
export function anchorsOf(text) {
  const anchors = new Set([...text.matchAll(HTML_ANCHOR)].map(([, id]) => id));
  const seen = new Map();
  for (const [, heading] of blank(text, /^(```|~~~)[^]*?^\1|<!--[^]*?-->/gm).matchAll(HEADING)) {
    const slug = slugOf(heading);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

/** Links of a page: `[target, index, text]`, without those in code and comments. */
export const linksOf = (text) =>
  [...blank(text).matchAll(LINK)].map(({ 0: { length }, 1: target, index }) => [
    target,
    index,
    text.slice(index, index + length),
  ]);

/** Relative links lead to files that are there, and to anchors that are in them. */
export function checkLinks(root) {
  const files = listFiles(root);
  const pages = files.filter((path) => path.endsWith('.md') && !NOT_HERE.test(path));
  const anchors = new Map();
  const hasAnchor = (path, anchor) => {
    if (!anchors.has(path)) anchors.set(path, anchorsOf(readText(root, path) ?? ''));
    return anchors.get(path).has(anchor);
  };
  const known = new Set(files);
  const isThere = (path) =>
    known.has(path) || (existsSync(join(root, path)) && statSync(join(root, path)).isDirectory());

  const problems = [];
  let count = 0;
  for (const page of pages) {
    const text = readText(root, page) ?? '';
    for (const [link, index] of linksOf(text)) {
      if (SCHEME.test(link)) continue;
      count += 1;
      const [target, anchor] = link.split('#');
      const path = target === '' ? page : posix.join(posix.dirname(page), decodeURI(target));
      const at = `${page}:${lineOf(text, index)}`;
      if (target.startsWith('/')) problems.push(`${at}: ${link} is absolute; use a relative link`);
      else if (!isThere(path)) problems.push(`${at}: ${link} leads nowhere`);
      else if (anchor && path.endsWith('.md') && !hasAnchor(path, anchor))
        problems.push(`${at}: ${link}: there is no heading or anchor #${anchor}`);
    }
  }
  return { problems, notes: [`${count} links in ${pages.length} pages`] };
}
