/// <reference lib="dom" />
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { CHROMIUM_COMMAND, chromiumFlags, findChromium } from '@vitalcache/testing';
import { chromium, type Browser, type Page } from 'playwright-core';

import { serveFolder } from './static-server.js';

jest.setTimeout(60_000);

const SITE = resolve(__dirname, '..');
const DIST = join(SITE, 'dist');
const SHOTS = join(SITE, '.results');
const BUILD_MS = 300_000;

const path = findChromium();
const withBrowser = path === null ? describe.skip : describe;
const where = path === null ? ` (skipped: no Chromium; ${CHROMIUM_COMMAND})` : '';

withBrowser(`the documentation in a browser${where}`, () => {
  let server: Server;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    // Its links are checked while it is built. The API reference takes longer than all the rest.
    const build = [join(SITE, 'build/build-site.mjs'), '--quick'];
    await promisify(execFile)(process.execPath, build, { cwd: SITE });
    ({ server, url } = await serveFolder(DIST));
    browser = await chromium.launch({ executablePath: path as string, args: chromiumFlags() });
  }, BUILD_MS);
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  /** Opens a page; at the end nothing may have failed, and nothing may have been asked of anybody else. */
  async function looking(
    options: { colorScheme?: 'light' | 'dark'; width?: number },
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    const { colorScheme = 'light', width = 1280 } = options;
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    page.on('request', (request) => {
      const isOwn = request.url().startsWith(url) || request.url().startsWith('data:');
      if (!isOwn) troubles.push(`asks ${request.url()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) troubles.push(`${response.status()} ${response.url()}`);
    });
    await look(page);
    await context.close();
    expect(troubles).toEqual([]);
  }

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['dark', 390],
  ] as const)('has a front page that fits, %s, %i pixels wide', async (colorScheme, width) => {
    await looking({ colorScheme, width }, async (page) => {
      await page.goto(url, { waitUntil: 'networkidle' });
      expect(await page.textContent('h1')).toContain('A cache for data that must not be wrong');
      expect(await page.locator('.VPFeature').count()).toBe(3);
      expect(await page.locator('.front pre').count()).toBe(1);
      const isDark = await page.evaluate(() => document.documentElement.className.includes('dark'));
      expect(isDark).toBe(colorScheme === 'dark');
      const overflow = await page.evaluate(() => document.body.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await page.screenshot({
        path: join(SHOTS, `front-${colorScheme}-${width}.png`),
        fullPage: true,
      });
    });
  });

  it('leads from the front page to pages that are there', async () => {
    await looking({}, async (page) => {
      await page.goto(url);
      const links = await page
        .locator('a[href]')
        .evaluateAll((all) =>
          all.map((a) => new URL((a as HTMLAnchorElement).href)).map(({ pathname }) => pathname),
        );
      expect(links).toContain('/getting-started.html');
      const missing = [...new Set(links)].filter(
        (link) => !existsSync(join(DIST, link.endsWith('/') ? `${link}index.html` : link)),
      );
      expect(missing).toEqual([]);
    });
  });

  it('finds words without asking anybody', async () => {
    await looking({}, async (page) => {
      await page.goto(`${url}/concepts.html`, { waitUntil: 'networkidle' });
      await page.click('#local-search button');
      await page.fill('.search-input', 'settleMs');
      await page.waitForSelector('.result');
      expect(await page.textContent('.results')).toContain('Replicas of the database that lag');
    });
  });

  it('shows the picture of the rule in the colours that were chosen', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await looking({ colorScheme }, async (page) => {
        await page.goto(`${url}/concepts.html`, { waitUntil: 'networkidle' });
        await page.locator('main img').screenshot({ path: join(SHOTS, `rule-${colorScheme}.png`) });
        const scheme = await page
          .locator('main img')
          .evaluate((image) => getComputedStyle(image).colorScheme);
        expect(scheme).toBe(colorScheme);
      });
    }
  });

  it('has every page of the documentation in its sidebar', async () => {
    await looking({}, async (page) => {
      await page.goto(`${url}/concepts.html`);
      const links = await page
        .locator('.VPSidebar a')
        .evaluateAll((all) => all.map((a) => new URL((a as HTMLAnchorElement).href).pathname));
      const pages = readdirSync(DIST, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.html') && !/^(404|index|adr.\d.*)\.html$/.test(file))
        .map((file) => `/${file.replace(/\\/g, '/').replace(/index\.html$/, '')}`);
      expect(pages.filter((file) => !links.includes(file))).toEqual([]);
    });
  });
});
