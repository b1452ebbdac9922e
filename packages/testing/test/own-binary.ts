import { findBinary } from '../src/stores/binary-process.js';

const found = findBinary(['redis-server', 'valkey-server']);

/** A server's binary on the PATH, where `describeWithBinary` runs its tests. */
export const BINARY = found ?? 'none';

/** An environment in which nothing but a binary is a store. */
export const BINARY_ALONE: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  VITALCACHE_TEST_DOCKER: 'off',
};

/** Declares tests of what is done with a binary; skipped, with the reason, where there is none. */
export function describeWithBinary(name: string, body: () => void): void {
  if (found) describe(name, body);
  else describe.skip(`${name} (skipped: neither redis-server nor valkey-server on the PATH)`, body);
}
