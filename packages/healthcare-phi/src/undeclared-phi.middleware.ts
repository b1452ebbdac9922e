import {
  BaseCacheMiddleware,
  isProtected,
  type CacheLogger,
  type CacheOperation,
  type OperationResult,
} from '@vitalcache/core';

import { subjectByConvention } from './subjects/key-convention.js';
import { subjectOfTags } from './subjects/subject-tags.js';

/** Templates that are remembered as reported. */
const MAX_REPORTED = 1_000;

/**
 * For development: reports, once for each template, entries whose key or tags name a patient and whose options say nothing
 * of it. They are not sealed, not recorded, and read by whoever asks.
 */
export class UndeclaredPhiMiddleware extends BaseCacheMiddleware {
  readonly name = 'undeclared-phi';
  readonly #logger: () => Pick<CacheLogger, 'warn'>;
  readonly #reported = new Set<string>();

  constructor(logger: () => Pick<CacheLogger, 'warn'>) {
    super();
    this.#logger = logger;
  }

  /** What was found once was looked at before it was stored. */
  onFreshHit(): void {
    // nothing to report
  }

  /** Another process may have stored it, which does not report. What takes this way is not declared as protected. */
  onSharedHit(template: string, _strategy: string, key: string): void {
    this.#look(template, [key], []);
  }

  override handle<R extends OperationResult>(
    operation: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    const { options, template, key, keys, tags } = operation;
    if (options && !isProtected(options)) this.#look(template, key === null ? keys : [key], tags);
    return next();
  }

  #look(template: string, keys: readonly string[], tags: readonly string[]): void {
    if (this.#reported.has(template) || this.#reported.size >= MAX_REPORTED) return;
    if (!namesPatient(keys, tags)) return;
    this.#reported.add(template);
    this.#logger().warn(
      `Entries of ${template} name a patient and are not declared as protected: add containsPHI: true, or patientSpecific. They are stored as they are.`,
    );
  }
}

function namesPatient(keys: readonly string[], tags: readonly string[]): boolean {
  return (
    keys.some((key) => subjectByConvention(key).patientId !== undefined) ||
    subjectOfTags(tags).patientId !== undefined
  );
}
