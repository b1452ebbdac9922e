import { isCacheError } from '@vitalcache/core';

/**
 * One line for the person who starts the application, or `null` for an error that needs its stack: what is wrong with
 * the configuration, or that the port is taken.
 *
 * @example
 * const app = await NestFactory.create(AppModule, { abortOnError: false, bufferLogs: true, autoFlushLogs: false })
 *   .catch((error) => {
 *     const line = explainStartupError(error);
 *     if (line === null) throw error;
 *     process.stderr.write(`${line}\n`);
 *     process.exit(1);
 *   });
 */
export function explainStartupError(error: unknown): string | null {
  if (isCacheError(error)) return error.message.replace(/\s*\n\s*/g, ' ');
  const { code, port } = (error ?? {}) as { readonly code?: unknown; readonly port?: unknown };
  if (code !== 'EADDRINUSE') return null;
  const which = typeof port === 'number' ? `Port ${port}` : 'The port';
  return `${which} is in use: stop the process that has it, or set the variable PORT to another one.`;
}
