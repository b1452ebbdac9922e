import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { CanaryContent } from './mark.searcher.js';
import { piecesOf, spanPieces, type SpanLike } from './value-pieces.js';

/** Where a mark could be. */
export interface CanaryPlace {
  /** A word for reports. */
  readonly name: string;
  /** What is there now. Rejects with an {@link UnreadablePlace} that says why it can't be told. */
  read(): CanaryContent | Promise<CanaryContent>;
}

/** Why a place can't be looked at, in words that quote nothing from it. */
export class UnreadablePlace extends Error {
  override readonly name = 'UnreadablePlace';
}

/** Text, bytes or a stream, or a function that gets them when the place is searched. */
export function contentPlace(
  name: string,
  content: CanaryContent | (() => CanaryContent | Promise<CanaryContent>),
): CanaryPlace {
  return { name, read: typeof content === 'function' ? content : () => content };
}

/** A file, or all files in and below a folder, and their names. */
export function filePlace(name: string, path: string): CanaryPlace {
  return {
    name,
    read: async () => ((await stat(path)).isDirectory() ? folderPieces(path) : filePieces(path)),
  };
}

/**
 * Anything that a program holds, or a function that gets it: an error with all its causes, a report, parsed JSON, what a
 * metrics reader collected. It is looked at from inside, whatever it hides from printing, and as `util.inspect`,
 * `JSON.stringify` and `String` write it.
 */
export function valuePlace(name: string, value: unknown): CanaryPlace {
  return {
    name,
    read: () => piecesOf(typeof value === 'function' ? (value as () => unknown)() : value),
  };
}

/** What finished spans of OpenTelemetry tell: names, attributes, events, links, status, resource. */
export function spanPlace(name: string, spans: () => readonly SpanLike[]): CanaryPlace {
  return { name, read: () => spanPieces(spans()) };
}

/** What a GET of `url` answers with, headers included, such as a scrape. */
export function urlPlace(
  name: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): CanaryPlace {
  return {
    name,
    read: async () => {
      const answer = await fetch(url, { headers });
      if (!answer.ok) throw new UnreadablePlace(`answers ${answer.status}`);
      return [...[...answer.headers].flat(), new Uint8Array(await answer.arrayBuffer())];
    },
  };
}

async function* filePieces(path: string): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(path)) yield piece as Buffer;
}

async function* folderPieces(folder: string): AsyncGenerator<string | Uint8Array> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    yield `\n${entry.name}\n`;
    if (entry.isFile()) yield* filePieces(join(entry.parentPath, entry.name));
  }
}
