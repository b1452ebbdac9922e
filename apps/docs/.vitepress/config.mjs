import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitepress';

import { slugOf } from '../../../tools/checks/links.mjs';
import { moduleNames } from '../build/module-names.mjs';
import { SIDEBAR } from './sidebar.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const hasReference = existsSync(new URL('../.pages/reference', import.meta.url));

const reference = {
  text: 'API reference',
  collapsed: true,
  items: moduleNames(root).map(([name]) => ({ text: name, link: `/reference/${name}` })),
};

/** Static files that need nothing from elsewhere: fonts, scripts and the search are among them. */
export default defineConfig({
  srcDir: '.pages',
  outDir: 'dist',
  cacheDir: '.vitepress/cache',
  base: process.env.DOCS_BASE ?? '/',
  title: 'Vitalcache',
  description:
    'A cache for NestJS and plain Node: nothing stale after an invalidation, never a hang, nothing in clear.',
  lang: 'en',
  ignoreDeadLinks: [/^http:\/\/localhost/], // of the reader's own demo
  head: [
    [
      'link',
      { rel: 'icon', type: 'image/svg+xml', href: `${process.env.DOCS_BASE ?? '/'}logo.svg` },
    ],
  ],
  markdown: { anchor: { slugify: slugOf }, theme: { light: 'github-light', dark: 'github-dark' } },
  themeConfig: {
    logo: '/logo.svg',
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      {
        text: 'Guide',
        link: '/getting-started',
        activeMatch: '^/(getting-started|concepts|recipes)',
      },
      { text: 'Operations', link: '/operations' },
      { text: 'Health information', link: '/healthcare/', activeMatch: '^/healthcare/' },
      ...(hasReference
        ? [{ text: 'Reference', link: '/reference/', activeMatch: '^/reference/' }]
        : []),
    ],
    sidebar: [...SIDEBAR, ...(hasReference ? [reference] : [])],
    footer: { message: 'MIT licence' },
  },
});
