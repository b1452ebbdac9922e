import type { CachedUse, InvalidatingUse } from './cache-uses.js';
import { mayMatch } from './may-match.js';
import { ANY } from './syntax.js';

/**
 * - `ttl`: it lives for the default time, whatever that is
 * - `tag`: it carries no tag, and nothing invalidates its key
 * - `invalidation`: nothing invalidates any of its tags, nor its key
 */
type LintRule = 'ttl' | 'tag' | 'invalidation';

export interface LintFinding {
  readonly rule: LintRule;
  readonly message: string;
}

/** A convention that brings tags of its own: `patient:…`. */
const SUBJECT =
  /^(patient|doctor|clinic|appointment|prescription|lab_results|medical_history|emergency)[:_]/;

/**
 * What is odd about a use. Whatever can't be told is not odd.
 * @param invalidating of the whole project
 */
export function lintUse(
  use: CachedUse,
  invalidating: readonly InvalidatingUse[],
): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  if (use.hasTtl === false && use.isProtected === false) {
    findings.push({
      rule: 'ttl',
      message: `${named(use)} has no ttl: it lives as long as CACHE_DEFAULT_TTL says. Write one`,
    });
  }
  const { tags, template } = use;
  if (tags === null || template === null || use.isProtected !== false || SUBJECT.test(template)) {
    return findings;
  }
  if (isInvalidated(template, tags, invalidating)) return findings;
  findings.push(
    tags.length === 0
      ? {
          rule: 'tag',
          message: `${named(use)} carries no tag and nothing here invalidates its key: what is cached stays until it expires. Add a tag, and invalidate it where the data is written`,
        }
      : {
          rule: 'invalidation',
          message: `nothing here invalidates ${shown(tags)} of ${named(use)}, nor its key: invalidate it where the data is written`,
        },
  );
  return findings;
}

function isInvalidated(
  template: string,
  tags: readonly string[],
  invalidating: readonly InvalidatingUse[],
): boolean {
  return invalidating.some(({ kind, text }) => {
    switch (kind) {
      case 'everything':
        return true;
      case 'subject':
        return tags.some((tag) => SUBJECT.test(tag) || tag === 'phi_data');
      case 'key':
        return text === null || mayMatch(template, text, false);
      case 'pattern':
        return text === null || mayMatch(template, text, true);
      case 'tag':
        return tags.some((tag) => text === null || mayMatch(tag, text, false));
    }
  });
}

function named({ by, template }: CachedUse): string {
  return template === null ? by : `${by} ${readable(template)}`;
}

function shown(tags: readonly string[]): string {
  return tags.map(readable).join(', ');
}

function readable(text: string): string {
  return text.replaceAll(ANY, '{…}');
}
