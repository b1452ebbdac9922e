import { open } from 'node:fs/promises';
import { join } from 'node:path';

import type { AuditLine } from '../audit/audit-line.js';
import { auditFileName, ownDirectory } from '../audit-sinks/audit-directory.js';
import type { RedisAuditSink } from '../audit-sinks/redis.sink.js';

/**
 * Writes what a Redis keeps of the log into a directory, a file for each chain, so that `verifyAudit`, `reportAudit` and
 * `exportFhir` can read it. Resolves with how many chains there were.
 * @param directory made if it isn't there; a file that is there already is not written over
 */
export async function saveRedisAudit(
  sink: Pick<RedisAuditSink, 'chains' | 'lines'>,
  directory: string,
): Promise<number> {
  await ownDirectory(directory);
  const chains = await sink.chains();
  for (const chain of chains) await saveChain(chain, sink.lines(chain), directory);
  return chains.length;
}

async function saveChain(
  chain: string,
  lines: AsyncIterable<AuditLine>,
  directory: string,
): Promise<void> {
  let handle: Awaited<ReturnType<typeof open>> | null = null;
  try {
    for await (const line of lines) {
      handle ??= await open(join(directory, nameFor(line, chain)), 'wx', 0o600);
      await handle.write(`${line.text}\n`);
    }
    await handle?.datasync();
  } finally {
    await handle?.close();
  }
}

function nameFor(first: AuditLine, chain: string): string {
  const { time } = first.kind === 'record' ? first.record : first.checkpoint;
  return auditFileName('audit', Date.parse(time), chain, 1);
}
