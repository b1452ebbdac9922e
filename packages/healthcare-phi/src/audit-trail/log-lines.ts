import { createReadStream } from 'node:fs';

/** A line of a file as it stands there. */
export interface LogLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Whether the file ends within it, as a crash in the middle of a write leaves it. */
  readonly isTorn: boolean;
}

/** Of one line; what is longer was written by nobody here. */
const MAX_LINE_BYTES = 4 * 1_024 * 1_024;
const LINE_END = 10;

/** Reads a file line by line. Lines end at LF alone: at any other sign, numbers would not be those of an editor. */
export async function* logLines(path: string): AsyncGenerator<LogLine> {
  let number = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    let bytes = Buffer.concat([rest, chunk as Buffer]);
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END)) {
      yield { number: ++number, text: bytes.toString('utf8', 0, end), isTorn: false };
      bytes = bytes.subarray(end + 1);
    }
    rest = bytes.length > MAX_LINE_BYTES ? bytes.subarray(0, MAX_LINE_BYTES) : bytes;
  }
  if (rest.length > 0) yield { number: number + 1, text: rest.toString('utf8'), isTorn: true };
}
