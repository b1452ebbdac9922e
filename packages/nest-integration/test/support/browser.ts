/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { chromiumFlags } from '@vitalcache/testing';
import { chromium, type Browser, type Page } from 'playwright-core';

export { CHROMIUM_COMMAND, findChromium } from '@vitalcache/testing';

export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: chromiumFlags() });
}

/** Keeps what a page shows, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = resolve(__dirname, '../../.results/dashboard');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Texts whose contrast to what is behind them is below WCAG 2.2 AA, with the ratio. */
export function lowContrast(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Colour = readonly [number, number, number, number];
    const parse = (text: string): Colour => {
      const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [r, g, b, a];
    };
    const over = ([r, g, b, a]: Colour, [r2, g2, b2]: Colour): Colour => [
      r * a + r2 * (1 - a),
      g * a + g2 * (1 - a),
      b * a + b2 * (1 - a),
      1,
    ];
    const channel = (value: number): number => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    const luminance = ([r, g, b]: Colour): number =>
      0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const behind = (element: Element | null): Colour => {
      if (!element) return [255, 255, 255, 1];
      const colour = parse(getComputedStyle(element).backgroundColor);
      return colour[3] === 1 ? colour : over(colour, behind(element.parentElement));
    };
    const low: string[] = [];
    let seen = 0;
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      const own = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      const isField = element instanceof HTMLInputElement;
      if ((!own && !isField) || element.closest('noscript') || !element.getClientRects().length)
        continue;
      seen++;
      const style = getComputedStyle(element);
      const ground = behind(element);
      const [bright, dark] = [luminance(over(parse(style.color), ground)), luminance(ground)].sort(
        (a, b) => b - a,
      ) as [number, number];
      const ratio = (bright + 0.05) / (dark + 0.05);
      const pixels = parseFloat(style.fontSize);
      const isLarge = pixels >= 24 || (pixels >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) {
        low.push(`${element.tagName} ${element.textContent?.slice(0, 30)}: ${ratio.toFixed(2)}`);
      }
    }
    return seen > 3 ? low : [`only ${seen} texts were seen`];
  });
}
