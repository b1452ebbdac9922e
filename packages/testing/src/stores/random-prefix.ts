import { randomUUID } from 'node:crypto';

/** Tells the keys of one run of tests from all others. */
export function randomPrefix(): string {
  return `vct-${randomUUID().slice(0, 8)}`;
}
