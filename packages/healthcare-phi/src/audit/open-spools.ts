import { resolve } from 'node:path';

const SLOT = Symbol.for('@vitalcache/healthcare-phi/open-spools');

/**
 * The files that spools of this process write to, such as those of two applications in it: none of them is a leftover. One
 * for the process, also with several copies of this package in it.
 */
function paths(): Set<string> {
  const slots = globalThis as { [SLOT]?: Set<string> };
  return (slots[SLOT] ??= new Set());
}

export function noteOpened(path: string): void {
  paths().add(resolve(path));
}

export function noteClosed(path: string): void {
  paths().delete(resolve(path));
}

export function isOpen(path: string): boolean {
  return paths().has(resolve(path));
}
