import { inspect } from 'node:util';

import { escapeKeyValue } from '@vitalcache/core';
import fc from 'fast-check';

import { CANARY_MARKS } from './canary-marks.js';
import { asRedisRead, type MarkEncoding } from './mark-encodings.js';
import { MarkSearcher } from './mark.searcher.js';

const inHex = (text: string): string => Buffer.from(text).toString('hex');

/** How programs write text down, each beside the encoding that it is to be found as. */
const WRITERS: readonly (readonly [MarkEncoding, (text: string) => string | Buffer])[] = [
  ['raw', (text) => text],
  ['json', (text) => JSON.stringify({ text })],
  ['json', (text) => JSON.stringify(JSON.stringify({ text }))],
  [
    'json',
    (text) =>
      JSON.stringify(text).replace(
        /[^ -~]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  ],
  ['inspect', (text) => inspect({ text })],
  ['key', (text) => escapeKeyValue(text, 'id')],
  ['url', (text) => `https://example.org/${encodeURIComponent(text)}?x`],
  ['url', (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase())],
  ['url', (text) => new URLSearchParams({ text }).toString()],
  ['url', (text) => `https://example.org/?q=${encodeURI(text)}`],
  ['hex', inHex],
  ['hex', (text) => inHex(text).toUpperCase()],
  ['hex', (text) => inHex(text).replace(/..(?!$)/g, '$& ')],
  ['bytes', (text) => JSON.stringify(Buffer.from(text))],
  ['bytes', (text) => `[ ${[...Buffer.from(text)].join(', ')} ]`],
  ['base64', (text) => Buffer.from(text).toString('base64')],
  ['base64', (text) => Buffer.from(`x${text}y`).toString('base64')],
  ['base64', (text) => Buffer.from(`xy${text}z`).toString('base64')],
  ['base64url', (text) => Buffer.from(`x${text}y`).toString('base64url')],
  ['utf16', (text) => Buffer.from(`x${text}`, 'utf16le')],
];

const found = async (marks: readonly string[], content: string | Buffer): Promise<number[]> => {
  const { sightings } = await new MarkSearcher(marks).search(content);
  return [...new Set(sightings.map(({ mark }) => mark))];
};

describe('MarkSearcher', () => {
  it.each(WRITERS.map(([encoding, write], i) => [`${encoding} (${i})`, encoding, write] as const))(
    'finds every mark written as %s',
    async (_name, _encoding, write) => {
      for (const [mark, text] of CANARY_MARKS.entries()) {
        const written = write(text);
        const { sightings } = await new MarkSearcher(CANARY_MARKS).search(
          Buffer.concat([Buffer.from('before '), Buffer.from(written as string)]),
        );
        expect(sightings.map((sighting) => sighting.mark)).toContain(mark);
      }
    },
  );

  it.each(['base64', 'base64url', 'hex', 'utf16', 'json', 'url', 'key', 'inspect'] as const)(
    'says that it found %s',
    async (encoding) => {
      const [, write] = WRITERS.find(([name]) => name === encoding) as (typeof WRITERS)[number];
      const { sightings } = await new MarkSearcher([CANARY_MARKS[3] as string]).search(
        write(CANARY_MARKS[3] as string),
      );
      expect(sightings).toEqual([{ mark: 0, encoding, offset: expect.any(Number) as number }]);
    },
  );

  it('finds Latin-1, as V8 serializes it, and other forms of the same letters', async () => {
    const name = 'Ødegård, née Ångström';
    expect(await found([name], Buffer.from(name, 'latin1'))).toEqual([0]);
    expect(await found([name], name.normalize('NFD'))).toEqual([0]);
    expect(await found([name.normalize('NFD')], name)).toEqual([0]);
  });

  it('always finds any mark, whatever stands around it and however it comes in pieces', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 });
    const writers = fc.constantFrom(...WRITERS.filter(([encoding]) => encoding !== 'inspect'));
    const property = fc.asyncProperty(
      text.filter((mark) => Buffer.byteLength(mark.normalize('NFC')) <= 256),
      writers,
      fc.string({ maxLength: 5 }),
      fc.integer({ min: 1, max: 7 }),
      async (mark, [, write], around, size) => {
        const all = Buffer.concat([
          Buffer.from(around),
          Buffer.from(write(mark) as string),
          Buffer.from(around),
        ]);
        const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
          all.subarray(i * size, (i + 1) * size),
        );
        const { sightings, bytes } = await new MarkSearcher([mark]).search(pieces);
        expect(bytes).toBe(all.length);
        expect(sightings.length).toBeGreaterThan(0);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('finds a mark on the border of two batches, and says where it begins', async () => {
    const [mark] = CANARY_MARKS as [string];
    for (const before of [65_530, 65_536, 131_070]) {
      const content = Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(mark)]);
      const pieces = [content.subarray(0, 65_536), content.subarray(65_536)];
      const { sightings } = await new MarkSearcher([mark]).search(pieces);
      expect(sightings).toEqual([{ mark: 0, encoding: 'raw', offset: before }]);
    }
  });

  it('finds nothing where there is nothing', async () => {
    const near = CANARY_MARKS.map((mark) => mark.slice(1)).join(' ');
    expect(await found(CANARY_MARKS, near)).toEqual([]);
    expect(await found(CANARY_MARKS, '')).toEqual([]);
  });

  it('refuses a mark that turns up by chance', () => {
    expect(() => new MarkSearcher(['a mark long enough', 'short'])).toThrow('Mark 1 has 5');
  });
});

describe('asRedisRead', () => {
  it('undoes what MONITOR does to bytes', () => {
    expect(asRedisRead('"a\\"b\\\\c\\n\\r\\t\\a\\b\\x00\\xe2\\x82\\xac"')).toEqual(
      Buffer.concat([Buffer.from('"a"b\\c\n\r\t\u0007\b\0€"')]),
    );
  });
});
