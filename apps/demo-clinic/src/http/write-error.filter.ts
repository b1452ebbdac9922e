import { Catch, HttpException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { WriteError } from '../database/write-error.js';
import { problemOf } from './problem.js';

/** Answers a refused write with 409 when somebody was faster, else with 422; both name the field. */
@Catch(WriteError)
export class WriteErrorFilter extends BaseExceptionFilter<WriteError> {
  override catch(error: WriteError, host: ArgumentsHost): void {
    const [status, title] =
      error.code === 'SLOT_TAKEN'
        ? ([409, 'Conflict'] as const)
        : ([422, 'Unprocessable Entity'] as const);
    const problem = problemOf(status, title, [{ field: error.field, problem: error.message }]);
    // The base class takes whatever was thrown; its type parameter only narrows what is caught.
    super.catch(new HttpException(problem, status) as never, host);
  }
}
