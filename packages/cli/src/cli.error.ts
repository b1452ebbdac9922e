import { isCacheError, type CacheErrorCode } from '@vitalcache/core';

import { EXIT, type ExitCode } from './exit-code.js';

/** Ends a command with one line that says what is wrong and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.usage,
  ) {
    super(message);
  }
}

/** Codes of the cache that say that something did not answer. */
const UNREACHABLE: readonly CacheErrorCode[] = [
  'STORE_UNAVAILABLE',
  'STORE_TIMEOUT',
  'STORE_REFUSED',
  'NOT_RECORDED',
];

/**
 * The line and the code that a command ends with because of `error`. What was not meant for a user is not quoted: it may
 * hold what nobody should see.
 */
export function explained(error: unknown): { readonly line: string; readonly code: ExitCode } {
  if (error instanceof CliError) return { line: oneLine(error.message), code: error.exitCode };
  if (isCacheError(error)) {
    const code = UNREACHABLE.includes(error.code) ? EXIT.unreachable : EXIT.usage;
    return { line: oneLine(error.message), code };
  }
  const { name = 'Error', code } = (error ?? {}) as NodeJS.ErrnoException;
  const what = typeof code === 'string' && /^E[A-Z_]+$/.test(code) ? code : name;
  return {
    line: `unexpected ${what}; NODE_DEBUG=vitalcache shows where it comes from`,
    code: EXIT.defect,
  };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
