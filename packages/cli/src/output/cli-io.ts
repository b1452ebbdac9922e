/** What a stream of a terminal, a pipe or a test offers. */
export interface CliStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
  /** Where `write` says that there is too much: calls `listener` when there may be more. */
  once?(event: 'drain', listener: () => void): unknown;
  /** Of a terminal: whether it shows colours, as NO_COLOR, FORCE_COLOR and TERM say. */
  hasColors?(): boolean;
}

/** What a run of the command sees of its process. */
export interface CliIo {
  /** Of this package. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that it was called in. */
  readonly cwd: string;
  readonly stdout: CliStream;
  readonly stderr: CliStream;
  /** Arguments that Node itself was started with. */
  readonly execArgv: readonly string[];
  /** Fires when the user wants it to end (Ctrl-C); to be asked for by what heeds it alone, which else is not ended. */
  readonly signal: AbortSignal;
}
