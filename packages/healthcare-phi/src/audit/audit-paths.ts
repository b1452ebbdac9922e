import { statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';

/** Where an audit that is kept in files has its parts. */
export interface AuditPaths {
  readonly directory: string;
  /** Begins the names of the files. */
  readonly name: string;
  /** Beside the directory, so that nothing but the log is in that. */
  readonly spoolDirectory: string;
}

/**
 * What CACHE_AUDIT_FILE means: `/var/audit/app` is a directory, with files `audit.<time>.<chain>.<part>.jsonl` in it;
 * `/var/audit/app.jsonl` says that they begin with `app`, unless there is a directory of that name.
 */
export function auditPaths(path: string): AuditPaths {
  const full = resolve(path);
  const extension = extname(full);
  const isDirectory = extension === '' || /[/\\]$/.test(path) || isThere(full);
  const directory = isDirectory ? full : dirname(full);
  const name = isDirectory ? 'audit' : basename(full, extension);
  return { directory, name, spoolDirectory: `${directory}-spool` };
}

function isThere(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
