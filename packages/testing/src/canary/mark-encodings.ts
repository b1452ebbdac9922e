import { inspect } from 'node:util';

import { escapeKeyValue } from '@vitalcache/core';

/**
 * How a mark can be written down.
 * - `raw`: UTF-8; `latin1` and `utf16`: as V8's serializer and some files have it
 * - `json`: escaped for JSON or a label of Prometheus, once or twice, with letters or their numbers
 * - `inspect`: as `util.inspect` quotes it; `redis`: as MONITOR and redis-cli do; `key`: as a value in a key of the cache
 * - `url`: of a component, a whole URL or a form
 * - `hex`: in either case, in one piece or with spaces; `bytes`: a list of decimal numbers
 * - `base64`, `base64url`: also in the middle of something longer
 */
export type MarkEncoding = (typeof ENCODINGS)[number];

/** Bytes that give a mark away. */
export interface Needle {
  /** Index of the mark. */
  readonly mark: number;
  readonly encoding: MarkEncoding;
  readonly bytes: Buffer;
}

/** What is written alike in two of them counts as the first. */
const ENCODINGS = [
  'raw',
  'json',
  'inspect',
  'key',
  'url',
  'redis',
  'hex',
  'bytes',
  'base64',
  'base64url',
  'latin1',
  'utf16',
] as const;

/** Shorter ones turn up by chance. */
const MIN_LENGTH = 8;
/** Longest value of a key. */
const MAX_KEY_BYTES = 256;

type Writer = (mark: string) => readonly (string | Buffer)[];

const WRITERS: Readonly<Record<MarkEncoding, Writer>> = {
  raw: (mark) => [mark],
  json: (mark) => {
    const forms = [mark, numbered(mark, false), numbered(mark, true)];
    const once = forms.map((form, i) => (i === 0 ? quoted(form) : form));
    return [...once, ...once.map(quoted), quoted(mark).replaceAll('/', '\\/')];
  },
  inspect: (mark) => [inspect(mark, { maxStringLength: Infinity }).slice(1, -1)],
  key: (mark) =>
    Buffer.byteLength(mark.normalize('NFC')) <= MAX_KEY_BYTES ? [escapeKeyValue(mark, '0')] : [],
  url: (mark) => {
    const component = encodeURIComponent(mark);
    const strict = component.replace(/[!'()*]/g, (char) => percent(char.charCodeAt(0)));
    const form = new URLSearchParams({ '': mark }).toString().slice(1);
    const forms = [component, strict, form, encodeURI(mark)];
    return [...forms, ...forms.map(lowerPercents)];
  },
  redis: (mark) => [asRedisPrints(mark)],
  hex: (mark) => {
    const hex = Buffer.from(mark).toString('hex');
    const spaced = (hex.match(/../g) ?? []).join(' ');
    return [hex, hex.toUpperCase(), spaced, spaced.toUpperCase()];
  },
  bytes: (mark) => [',', ', ', ' '].map((comma) => [...Buffer.from(mark)].join(comma)),
  base64: base64,
  base64url: (mark) => base64(mark).map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  // eslint-disable-next-line no-control-regex
  latin1: (mark) => (/^[\u0000-\u00ff]*$/.test(mark) ? [Buffer.from(mark, 'latin1')] : []),
  utf16: (mark) => {
    const little = Buffer.from(mark, 'utf16le');
    return [little, Buffer.from(little).swap16()];
  },
};

/**
 * Everything that gives one of the marks away.
 * @throws Error for a mark that is too short to be unmistakable
 */
export function needlesOf(marks: readonly string[]): readonly Needle[] {
  return marks.flatMap((text, mark) => {
    if (text.length < MIN_LENGTH) {
      throw new Error(`Mark ${mark} has ${text.length} characters: make it ${MIN_LENGTH} or more.`);
    }
    const forms = new Set([text, text.normalize('NFC'), text.normalize('NFD')]);
    const known = new Map<string, Needle>();
    for (const encoding of ENCODINGS) {
      for (const written of [...forms].flatMap(WRITERS[encoding])) {
        const bytes = Buffer.from(written as string);
        const id = bytes.toString('latin1');
        if (!known.has(id)) known.set(id, { mark, encoding, bytes });
      }
    }
    return [...known.values()];
  });
}

/** All characters that depend on nothing but the mark, for each place that it can have among groups of three bytes. */
function base64(mark: string): string[] {
  const bytes = Buffer.from(mark);
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const first = Math.ceil((before * 8) / 6);
    return text.slice(first, Math.floor(((before + bytes.length) * 8) / 6));
  });
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** JSON in ASCII. */
function numbered(text: string, isUpper: boolean): string {
  return quoted(text).replace(/[^ -~]/g, (unit) => {
    const number = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${isUpper ? number.toUpperCase() : number}`;
  });
}

const REDIS_NAMES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\u0007': '\\a',
  '\b': '\\b',
};

function asRedisPrints(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  return bytes.replace(
    /[\\"]|[^ -~]/g,
    (byte) => REDIS_NAMES[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** What {@link asRedisPrints} was made of. @param printed of one character a byte */
export function asRedisRead(printed: string): Buffer {
  const read = printed.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex?: string, name?: string) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    const known = Object.entries(REDIS_NAMES).find(([, written]) => written === `\\${name}`);
    return known?.[0] ?? `${name}`;
  });
  return Buffer.from(read, 'latin1');
}

function percent(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

function lowerPercents(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}
