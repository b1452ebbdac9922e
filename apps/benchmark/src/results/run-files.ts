import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BenchmarkResult } from './benchmark-result.js';

/** Where results go unless a run says otherwise: not kept by the repository. */
export const RESULTS_FOLDER = fileURLToPath(new URL('../../.results', import.meta.url));

const PEERS_FOLDER = new URL('../../src/peers/', import.meta.url);

/** @throws Error that says what the file is not */
export function readRun(path: string): BenchmarkResult {
  const read = JSON.parse(readFileSync(path, 'utf8')) as BenchmarkResult;
  if (read.format !== 1) throw new Error(`${path} is no result of this benchmark (format 1).`);
  return read;
}

export function writeText(path: string, text: string): string {
  const full = resolve(path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

/** How peers are set up: what their adapters say. */
export function readAdapters(names: readonly string[]): Record<string, string> {
  const read = (name: string): string =>
    readFileSync(new URL(`${name}.peer.ts`, PEERS_FOLDER), 'utf8');
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}
