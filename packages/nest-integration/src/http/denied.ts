import { NotFoundException } from '@nestjs/common';
import { isCacheError } from '@vitalcache/core';

/**
 * What a request ends with: for who may not see something the same as for what is not there, and no failure of the
 * application that is worth a stack in its log. Everything else stays the same object.
 */
export function answerable(error: unknown): unknown {
  if (!isCacheError(error) || error.code !== 'ACCESS_DENIED') return error;
  return new NotFoundException(error.message, { cause: error });
}
