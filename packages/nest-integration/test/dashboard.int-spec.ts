/// <reference lib="dom" />
import { setTimeout as sleep } from 'node:timers/promises';

import { Controller, Get, Param } from '@nestjs/common';
import { CacheService } from '@vitalcache/core';
import {
  generateKeyring,
  healthcarePlugin,
  Keyring,
  MemoryKeyStore,
  runWithAccess,
} from '@vitalcache/healthcare-phi';
import { metricsPlugin } from '@vitalcache/metrics';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { SWRCacheStrategy } from '@vitalcache/swr';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { Cache, type CacheModuleOptions } from '../src/index.js';
import { closeAll, PLATFORMS, startControllers, testOptions } from './support/apps.js';
import {
  CHROMIUM_COMMAND,
  findChromium,
  keepScreenshot,
  lowContrast,
  startBrowser,
} from './support/browser.js';
import { LogLines } from './support/log-lines.js';

jest.setTimeout(60_000);

const TOKEN = 'the-read-token-of-this-test';
const MARK = 'zz-mark-4711';
const ADMIN = { readToken: TOKEN };

@Controller('articles')
class ArticlesController {
  @Get(':id')
  @Cache({ keyTemplate: 'articles:{id}', ttl: 60, public: true })
  async find(@Param('id') id: string): Promise<{ id: string }> {
    await sleep(2);
    return { id };
  }
}

describe.each(PLATFORMS)('GET /cache/dashboard on %s', (platform) => {
  afterEach(closeAll);

  it('is a page without data, which may load nothing', async () => {
    const options = testOptions({ admin: ADMIN, namespace: MARK });
    const { url } = await startControllers(platform, [], options);
    const response = await fetch(`${url}/cache/dashboard`);
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(page).not.toContain(MARK);
    expect(page).not.toContain(process.pid.toString());
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|\/\/[a-z]|@import|url\(/,
    );
    expect(page).not.toMatch(
      / style=| on\w+=|localStorage|sessionStorage|document\.cookie|innerHTML/,
    );
  });

  it('has its data behind a token', async () => {
    const { url } = await startControllers(platform, [], testOptions({ admin: ADMIN }));
    expect((await fetch(`${url}/cache/dashboard/state`)).status).toBe(401);
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const state = (await (
      await fetch(`${url}/cache/dashboard/state`, { headers })
    ).json()) as object;
    expect(state).toMatchObject({ namespace: 'test', health: 'healthy', stats: null, hotKeys: [] });
  });
});

const path = findChromium();
const withBrowser = path === null ? describe.skip : describe;
const where = path === null ? ` (skipped: no Chromium; ${CHROMIUM_COMMAND})` : '';

withBrowser(`the dashboard in a browser${where}`, () => {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  let loads = new AbortController();

  beforeAll(async () => {
    browser = await startBrowser(path as string);
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    loads.abort();
    loads = new AbortController();
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await closeAll();
  });

  interface Shown {
    readonly page: Page;
    readonly errors: string[];
  }

  interface Look {
    readonly width?: number;
    readonly height?: number;
    readonly colorScheme?: 'light' | 'dark';
  }

  async function open(
    url: string,
    { width = 1280, height = 900, colorScheme = 'light' }: Look = {},
  ): Promise<Shown> {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    contexts.push(context);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    });
    await page.goto(`${url}/cache/dashboard`);
    return { page, errors };
  }

  async function enter(page: Page, token = TOKEN): Promise<void> {
    await page.keyboard.type(token);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#board:not([hidden])');
  }

  const options = (more: CacheModuleOptions = {}): CacheModuleOptions =>
    testOptions({
      admin: ADMIN,
      plugins: [metricsPlugin()],
      strategies: [new SWRCacheStrategy()],
      namespace: 'clinic-api',
      ...more,
    });

  async function start(more: CacheModuleOptions = {}) {
    return startControllers('express', [ArticlesController], options(more));
  }

  /** Reads through the cache until the test ends, some keys more often than others. */
  function load(cache: CacheService, keys: (at: number) => string): void {
    const { signal } = loads;
    void (async () => {
      for (let at = 0; !signal.aborted; at++) {
        await cache.cache(keys(at), async () => sleep(1, { at }), {
          ttl: 60,
          template: 'articles:{id}',
        });
        if (at % 20 === 0) await sleep(2);
      }
    })();
  }
  const skewed = (at: number): string => `articles:${at % 3 === 0 ? at % 400 : at % 7}`;

  it('shows what happens as it happens, in both colour schemes, with nothing on the console', async () => {
    const { app, url } = await start();
    load(app.get(CacheService), skewed);
    const { page, errors } = await open(url);
    await keepScreenshot(page, 'token');
    await enter(page);
    const before = await page.textContent('#rate-all');
    await page.waitForFunction(
      (text) => document.getElementById('rate-all')?.textContent !== text,
      before,
    );
    await page.waitForSelector('#rate-trend .line', { state: 'attached' }); // flat while the rate does not change
    await page.waitForSelector('#hot tr');
    await page.waitForTimeout(6_000);
    expect(await page.textContent('#verdict')).toContain('All is well');
    expect(await page.textContent('#rate')).toMatch(/^[\d.]+ %$/);
    expect(Number((await page.textContent('#load'))?.replaceAll(',', ''))).toBeGreaterThan(10);
    expect(await page.textContent('#times')).toMatch(/read from this process/);
    expect(await page.textContent('#hot')).toMatch(/articles:[0-6]/);
    expect(await page.textContent('#journal')).toContain('Behind the newest');
    expect(await page.textContent('#store')).toMatch(/Store \(memory\)connected.*Breaker/);
    expect(await page.textContent('#work')).toContain('Refreshes waiting');
    expect(await page.textContent('#scope')).toContain('one process');
    expect(await lowContrast(page)).toEqual([]);
    await keepScreenshot(page, 'desktop-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForTimeout(400);
    expect(await lowContrast(page)).toEqual([]);
    await keepScreenshot(page, 'desktop-dark');
    expect(errors).toEqual([]);
  });

  it('fits a phone', async () => {
    const { app, url } = await start();
    load(app.get(CacheService), skewed);
    const { page } = await open(url, { width: 360, height: 740, colorScheme: 'dark' });
    expect(await lowContrast(page)).toEqual([]);
    await keepScreenshot(page, 'phone-token');
    await enter(page);
    await page.waitForSelector('#rate-trend .line', { state: 'attached' }); // flat while the rate does not change
    await page.waitForTimeout(4_500);
    const isWider = (): Promise<boolean> =>
      page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(await isWider()).toBe(false);
    expect(await lowContrast(page)).toEqual([]);
    await keepScreenshot(page, 'phone-dark');
    await page.route('**/state', async (route) => {
      const response = await route.fetch();
      const state = (await response.json()) as object;
      await route.fulfill({ response, json: { ...state, reasons: ['x'.repeat(200)] } });
    });
    await page.setViewportSize({ width: 320, height: 640 });
    await page.waitForSelector('#reasons li');
    expect(await isWider()).toBe(false);
    const brokenWords = await page.$$eval('#store dt, #store dd', (cells) =>
      cells.flatMap((cell) => {
        const node = cell.firstChild as Text;
        return [...node.data.matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          return range.getClientRects().length > 1 ? [word] : [];
        });
      }),
    );
    expect(brokenWords).toEqual([]);
    await keepScreenshot(page, 'small-phone-dark');
  });

  it('is used with the keyboard alone, and keeps the token nowhere', async () => {
    const { url } = await start();
    const { page } = await open(url);
    await enter(page);
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? '');
    expect(await focused()).toBe('banner');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('pause');
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement as Element).outlineWidth,
    );
    expect(outline).toBe('3px');
    await page.keyboard.press('Enter');
    expect(await page.getAttribute('#pause', 'aria-pressed')).toBe('true');
    expect(
      await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]),
    ).toEqual([0, 0, '']);
    expect(await page.content()).not.toContain(TOKEN);
    expect(page.url()).not.toContain(TOKEN);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('token');
    expect(await page.textContent('#journal')).toBe('');
    await enter(page);
    await page.reload();
    expect(await page.isVisible('#ask')).toBe(true);
  });

  it.each([
    ['of another', 'not-the-token-of-this-test'],
    ['that fits into no header', '€uro'],
  ])('says that a token %s is wrong', async (_, token) => {
    const { url } = await start();
    const { page } = await open(url);
    await page.keyboard.type(token);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.getElementById('wrong')?.textContent !== '');
    expect(await page.textContent('#wrong')).toBe('This token is not accepted.');
    expect(await page.isVisible('#board')).toBe(false);
  });

  it('says in words what is wrong, and that the numbers are old when nothing answers', async () => {
    const provider = new MemoryCacheProvider();
    const { app, url } = await start({ provider });
    const { page } = await open(url, { colorScheme: 'dark' });
    await enter(page);
    const status = provider.status.bind(provider);
    provider.status = async () => ({ ...(await status()), connected: false });
    await page.waitForSelector('#banner.critical');
    expect(await page.textContent('#verdict')).toContain('cannot do its work');
    expect(await page.textContent('#meaning')).toContain('The application still works');
    expect(await page.textContent('#reasons')).toContain('The store cannot be reached');
    expect(await lowContrast(page)).toEqual([]);
    await keepScreenshot(page, 'critical-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await lowContrast(page)).toEqual([]);
    await keepScreenshot(page, 'critical-light');
    provider.status = status;
    await page.waitForSelector('#banner.healthy');
    await app.close();
    await page.waitForFunction(() =>
      document.getElementById('verdict')?.textContent?.includes('No answer'),
    );
    expect(await page.textContent('#meaning')).toMatch(/The numbers below are of \d\d:\d\d:\d\d/);
    await keepScreenshot(page, 'silent');
  });

  it.each([
    [
      'that it asks too often, and asks less',
      { status: 429, headers: { 'retry-after': '-1' } },
      'too often',
    ],
    ['that an answer is none', { status: 200, body: '<p>Please log in</p>' }, 'could not say'],
  ])('says %s', async (_, answer, words) => {
    const { url } = await start();
    const { page } = await open(url);
    await enter(page);
    let asked = 0;
    await page.route('**/state', (route) => {
      asked++;
      return route.fulfill(answer);
    });
    const isSaid = (text: string) =>
      Boolean(document.getElementById('verdict')?.textContent?.includes(text));
    await page.waitForFunction(isSaid, words);
    expect(await page.textContent('#meaning')).toMatch(/The numbers below are of \d\d:\d\d:\d\d/);
    await page.waitForTimeout(1_000);
    expect(asked).toBeLessThan(8); // without a bound it would be dozens
  });

  it('says that it shows one process of several when answers come from several', async () => {
    const { url } = await start();
    const { page } = await open(url);
    let asked = 0;
    await page.route('**/state', async (route) => {
      const response = await route.fetch();
      const state = (await response.json()) as object;
      await route.fulfill({ response, json: { ...state, instance: `host:${asked++ % 2}` } });
    });
    await enter(page);
    expect(await page.textContent('#scope')).toContain('one process, host:0');
    await page.waitForFunction(() =>
      document.getElementById('scope')?.textContent?.includes('2 processes'),
    );
  });

  it('shows references where keys may name people, and no mark of any', async () => {
    const plugin = healthcarePlugin({
      keyring: Keyring.parse(generateKeyring()),
      keyStore: new MemoryKeyStore(),
      audit: { record: async () => undefined },
      authorize: () => true,
      reportsUndeclared: false,
      logger: new LogLines(),
    });
    const { app, url } = await start({ plugins: [metricsPlugin(), plugin] });
    const cache = app.get(CacheService);
    const access = { tenant: 'default', actor: MARK, roles: [], purpose: 'TREAT' } as const;
    const { page, errors } = await open(url);
    const states: string[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('/state')) void response.text().then((text) => states.push(text));
    });
    await enter(page);
    for (let at = 0; at < 400; at++) {
      await runWithAccess(access, () =>
        cache.cache(`patient:${MARK}:records`, async () => ({ name: MARK }), {
          containsPHI: true,
          template: 'patient:{patientId}:records',
          tags: [`patient:${MARK}`],
        }),
      );
      await cache.cache(`users:${MARK}`, async () => MARK, { template: 'users:{id}' });
    }
    await page.waitForSelector('#hot tr');
    const hot = (await page.textContent('#hot')) ?? '';
    expect(hot).toMatch(/patient:\{patientId\}:records · ref [0-9a-f]{10}/);
    expect(hot).toMatch(/users:\{id\} · ref [0-9a-f]{10}/);
    expect(await page.content()).not.toContain(MARK);
    expect(states.length).toBeGreaterThan(0);
    expect(states.join()).not.toContain(MARK);
    expect(errors).toEqual([]);
    await keepScreenshot(page, 'references');
  });
});
