import { Catch, HttpException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';

/**
 * Answers errors of the HTTP server that are the client's fault (a path outside of the public folder, a body that
 * breaks off) with their own status: they are no failures of this application, and no stack is worth logging.
 */
@Catch()
export class ClientErrorFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    const { status, statusCode, code } = (error ?? {}) as Record<string, unknown>;
    const known =
      [status, statusCode].find(isClientFault) ?? (code === 'ECONNRESET' ? 400 : undefined);
    const isPlain = known === undefined || error instanceof HttpException;
    super.catch(isPlain ? error : new HttpException('The request was refused', known), host);
  }
}

function isClientFault(status: unknown): status is number {
  return typeof status === 'number' && status >= 400 && status < 500;
}
