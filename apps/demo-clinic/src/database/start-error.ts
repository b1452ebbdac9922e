/** What kept the demo from starting; each code stands for one remedy that its message names. */
export type StartErrorCode = 'CONFIG_INVALID' | 'DATA_DIR_IN_USE' | 'DATABASE_UNREACHABLE';

/**
 * A reason not to start that the person at the terminal can put right.
 * The message is one line and says what to do; the entry point prints it and exits 1.
 */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    readonly code: StartErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
