import type { AuditLine } from '../audit/audit-line.js';

/** Cuts lines into runs of one chain each. */
export function runsByChain(lines: readonly AuditLine[]): readonly (readonly AuditLine[])[] {
  const runs: AuditLine[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.[0]?.chain === line.chain) run.push(line);
    else runs.push([line]);
  }
  return runs;
}
