import { styleText } from 'node:util';

import type { CliIo, CliStream } from './cli-io.js';
import { tableLines, type Cell } from './table.js';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Where a command says what it found: in lines for people, or as one JSON document for machines. */
export class Output {
  readonly #io: CliIo;

  constructor(
    io: CliIo,
    readonly isJson: boolean,
  ) {
    this.#io = io;
  }

  /** One line for people. */
  line(text = ''): void {
    if (!this.isJson) this.#io.stdout.write(`${text}\n`);
  }

  /** Rows with a title each column, for people. */
  table(titles: readonly string[], rows: readonly (readonly Cell[])[]): void {
    const [head = '', ...lines] = tableLines(titles, rows);
    this.line(this.paint('dim', head));
    for (const line of lines) this.line(line);
  }

  /** Names and values, one a line, for people. */
  facts(facts: readonly (readonly [name: string, value: Cell])[]): void {
    const width = Math.max(0, ...facts.map(([name]) => name.length));
    for (const [name, value] of facts) {
      this.line(`${this.paint('dim', name.padEnd(width))}  ${value ?? '-'}`);
    }
  }

  /** The document for machines; several are one a line. */
  json(document: unknown, { isLine = false } = {}): void {
    if (!this.isJson) return;
    this.#io.stdout.write(`${JSON.stringify(document, null, isLine ? undefined : 2)}\n`);
  }

  /** Something that is no result, such as a hint; on stderr. */
  note(text: string): void {
    this.#io.stderr.write(`${text}\n`);
  }

  paint(style: Style, text: string): string {
    return painted(this.#io.stdout, style, text);
  }
}

/** `validateStream` is off because the stream was asked already, which need not be one of Node's. */
export function painted(stream: CliStream, style: Style, text: string): string {
  if (stream.hasColors?.() !== true || text === '') return text;
  return styleText(style, text, { validateStream: false });
}
