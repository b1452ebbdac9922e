import { StreamableFile } from '@nestjs/common';
import { isObservable } from 'rxjs';

/** What a value is called that only one reader can use, so that it can't be shared; `null` for data. */
export function oneTimeKindOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (isObservable(value)) return 'an Observable';
  if (value instanceof StreamableFile) return 'a StreamableFile';
  if ('pipe' in value && typeof value.pipe === 'function') return 'a stream';
  if ('getReader' in value && typeof value.getReader === 'function') return 'a stream';
  if ('arrayBuffer' in value && typeof value.arrayBuffer === 'function') return 'a Response';
  if (Symbol.asyncIterator in value) return 'an async iterable';
  if (Symbol.iterator in value && 'next' in value) return 'an iterator';
  return null;
}
