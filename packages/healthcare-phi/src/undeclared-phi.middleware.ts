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

  override handle<R extends OperationResult>(
    operation: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    const { options, template } = operation;
    if (options && !isProtected(options) && !this.#reported.has(template)) {
      if (namesPatient(operation) && this.#reported.size < MAX_REPORTED) {
        this.#reported.add(template);
        this.#logger().warn(
          `Entries of ${template} name a patient and are not declared as protected: add containsPHI: true, or patientSpecific. They are stored as they are.`,
        );
      }
    }
    return next();
  }
}

function namesPatient({ key, keys, tags }: CacheOperation): boolean {
  const all = key === null ? keys : [key];
  return (
    all.some((one) => subjectByConvention(one).patientId !== undefined) ||
    subjectOfTags(tags).patientId !== undefined
  );
}
