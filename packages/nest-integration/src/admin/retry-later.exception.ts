import { HttpException, HttpStatus } from '@nestjs/common';

/** Too many calls. */
export class RetryLaterException extends HttpException {
  /** @param seconds when there is room again */
  constructor(readonly seconds: number) {
    super(`Too many calls; again in ${seconds} s.`, HttpStatus.TOO_MANY_REQUESTS);
  }
}
