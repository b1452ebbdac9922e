import { assertOptionNames, CacheError, type OptionNames } from '@vitalcache/core';

/** Six years: the safe reading of 45 CFR 164.316(b)(2). */
export const DEFAULT_RETENTION_MS = 6 * 366 * 86_400_000;

/** How long files of the audit log are kept, and what happens then. */
export interface AuditRetention {
  /** Default, and the least without `allowShorterBecause`: six years. */
  readonly keepMs?: number;
  /** Who decided that less is enough, and why; goes into the log. */
  readonly allowShorterBecause?: string;
  /** Whether files are removed when their time is over. Their digests stay. Default: false, nothing is ever removed. */
  readonly removeExpired?: boolean;
}

const NAMES: OptionNames<AuditRetention> = {
  keepMs: true,
  allowShorterBecause: true,
  removeExpired: true,
};

/** @throws CacheError `CONFIG_INVALID` if it is shorter than six years and nobody says why */
export function resolveRetention(retention: AuditRetention = {}): Required<AuditRetention> {
  assertOptionNames('retention', retention, NAMES);
  const {
    keepMs = DEFAULT_RETENTION_MS,
    allowShorterBecause = '',
    removeExpired = false,
  } = retention;
  if (!(keepMs > 0)) {
    throw new CacheError('CONFIG_INVALID', 'The retention keepMs of the audit must be above 0.');
  }
  if (keepMs < DEFAULT_RETENTION_MS && allowShorterBecause.trim() === '') {
    throw new CacheError(
      'CONFIG_INVALID',
      'The audit log is kept for six years; a shorter retention.keepMs needs retention.allowShorterBecause, which says who decided that and why.',
    );
  }
  return { keepMs, allowShorterBecause, removeExpired };
}
