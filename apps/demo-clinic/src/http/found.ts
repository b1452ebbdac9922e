import { NotFoundException } from '@nestjs/common';

/** The value, or an answer 404 when there is none; the id is not repeated. */
export function found<T>(value: T | null, what: string): T {
  if (value !== null) return value;
  throw new NotFoundException(`There is no ${what} with this id`);
}
