import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { CacheError, type EnvironmentReader } from '@vitalcache/core';

import { FileAuditSink, type FileAuditSinkOptions } from '../audit-sinks/file.sink.js';
import { PhiAudit } from './phi.audit.js';
import type { PhiAuditOptions } from './phi-audit-options.js';

/** What of an audit is said in code, when the rest comes from the environment. */
export interface AuditEnvironmentOptions
  extends
    Omit<PhiAuditOptions, 'sink' | 'signingKey' | 'spoolDirectory'>,
    Partial<Pick<PhiAuditOptions, 'sink' | 'signingKey' | 'spoolDirectory'>> {
  /** Of the files that CACHE_AUDIT_FILE names. */
  readonly files?: Omit<FileAuditSinkOptions, 'directory' | 'name' | 'clock'>;
}

/** Where an audit's parts lie, from one path. */
export interface AuditPaths {
  readonly directory: string;
  /** Begins the names of the files. */
  readonly name: string;
  /** Private key, PEM. */
  readonly keyFile: string;
  readonly spoolDirectory: string;
}

/**
 * `/var/log/app/audit.jsonl` stands for files `/var/log/app/audit.<time>.<chain>.<part>.jsonl`, signed with
 * `/var/log/app/audit.key`, and a spool in `/var/log/app/audit.spool`. A directory, or a path that ends with a slash, stands
 * for `audit.jsonl` in it.
 */
export function auditPaths(file: string): AuditPaths {
  const isDirectory = file.endsWith('/') || (existsSync(file) && statSync(file).isDirectory());
  const directory = isDirectory ? file : dirname(file);
  const name = isDirectory ? 'audit' : basename(file).replace(/\.[^.]*$/, '');
  const beside = (suffix: string): string => join(directory, `${name}.${suffix}`);
  return { directory, name, keyFile: beside('key'), spoolDirectory: beside('spool') };
}

/** Reads CACHE_AUDIT_FILE; absent: not set. */
export function readAuditEnvironment(reader: EnvironmentReader): string | undefined {
  return reader.string('CACHE_AUDIT_FILE');
}

/**
 * An audit from what was said in code, and for what was not, from CACHE_AUDIT_FILE.
 * @param file value of CACHE_AUDIT_FILE
 * @throws CacheError `CONFIG_INVALID` if neither names a sink, or something is wrong with one of them
 */
export function auditFromEnvironment(
  file: string | undefined,
  { files = {}, ...options }: AuditEnvironmentOptions = {},
): PhiAudit {
  const paths = file === undefined ? null : auditPaths(file);
  const { clock } = options;
  const sink =
    options.sink ??
    (paths &&
      new FileAuditSink({
        directory: paths.directory,
        name: paths.name,
        ...files,
        ...(clock ? { clock } : {}),
      }));
  if (!sink) throw missing('sink', 'to the path of a log file, such as /var/log/app/audit.jsonl');
  const signingKey = options.signingKey ?? (paths && { file: paths.keyFile });
  if (!signingKey)
    throw missing('signingKey', 'as well: the key is then read from beside that file');
  const spoolDirectory = options.spoolDirectory ?? paths?.spoolDirectory;
  if (spoolDirectory === undefined)
    throw missing('spoolDirectory', 'as well: the spool is then beside it');
  return new PhiAudit({ ...options, sink, signingKey, spoolDirectory });
}

function missing(option: string, how: string): CacheError {
  return new CacheError(
    'CONFIG_INVALID',
    `Protected data is cached only with an audit: give its option ${option}, or set CACHE_AUDIT_FILE ${how}.`,
  );
}
