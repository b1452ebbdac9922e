import { assertOptionNames, type OptionNames } from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

/** How a {@link TemplatePredictor} learns and when it speaks. */
export interface TemplatePredictorOptions {
  /** Templates that it tells apart; those that come later are not learned. Default: 64. */
  readonly maxTemplates?: number;
  /** Subjects whose last template it remembers, the least recently read forgotten first. Default: 10 000. */
  readonly maxSubjects?: number;
  /** Reads of a subject that lie further apart don't belong together: the first was the last of its series. Default: 600 000. */
  readonly maxGapMs?: number;
  /** Nothing less probable is predicted, 0 to 1; compared with the lower end of a 95 % interval. Default: 0.5. */
  readonly threshold?: number;
  /** Observed series ends and transitions from a template before anything is predicted of it. Default: 20. */
  readonly minSupport?: number;
}

const NAMES: OptionNames<TemplatePredictorOptions> = {
  maxTemplates: true,
  maxSubjects: true,
  maxGapMs: true,
  threshold: true,
  minSupport: true,
};

/** A template, and how often it was the next one: 0 to 1. */
export interface TemplatePrediction {
  readonly template: string;
  readonly probability: number;
}

interface Row {
  total: number;
  readonly next: Map<string, number>;
}

interface LastRead {
  readonly template: string;
  readonly at: number;
}

/** What follows the last read of a series; no template has this name. */
const NOTHING = '';
/** Counts of a row are halved when they reach this: what was learned long ago fades. */
const MAX_ROW = 1_000;
/** Bound on the work that one observation does for subjects that were left. */
const EXPIRED_AT_ONCE = 4;
/** Standard score of a 95 % interval. */
const Z = 1.96;

/**
 * A first-order Markov chain: which template is read next of the same subject. Takes at most `maxTemplates` squared
 * counters and `maxSubjects` last reads. A subject that is not read again counts too, as "nothing follows".
 */
export class TemplatePredictor {
  readonly #options: Required<TemplatePredictorOptions>;
  readonly #rows = new Map<string, Row>();
  /** By subject. */
  readonly #last: LRUCache<string, LastRead>;

  /** @throws CacheError `CONFIG_INVALID` for what there is no option of */
  constructor(options: TemplatePredictorOptions = {}) {
    assertOptionNames('prediction', options, NAMES);
    this.#options = {
      maxTemplates: options.maxTemplates ?? 64,
      maxSubjects: options.maxSubjects ?? 10_000,
      maxGapMs: options.maxGapMs ?? 600_000,
      threshold: options.threshold ?? 0.5,
      minSupport: options.minSupport ?? 20,
    };
    this.#last = new LRUCache({ max: this.#options.maxSubjects });
  }

  /** Subjects and templates that it holds at present. */
  get size(): { readonly subjects: number; readonly templates: number } {
    return { subjects: this.#last.size, templates: this.#rows.size };
  }

  /** `at`: milliseconds since 1970, rising. */
  observe(template: string, subject: string, at: number): void {
    const { maxTemplates, maxGapMs } = this.#options;
    this.#expire(at);
    if (!this.#rows.has(template)) {
      if (this.#rows.size >= maxTemplates) return;
      this.#rows.set(template, { total: 0, next: new Map() });
    }
    const last = this.#last.peek(subject);
    if (last && at - last.at > maxGapMs) this.#count(last.template, NOTHING);
    else if (last && last.template !== template) this.#count(last.template, template);
    this.#last.set(subject, { template, at });
  }

  /** What probably follows a read of the template, the most probable first; empty if nothing is sure enough. */
  predict(template: string): readonly TemplatePrediction[] {
    const { threshold, minSupport } = this.#options;
    const row = this.#rows.get(template);
    if (!row || row.total < minSupport) return [];
    return [...row.next]
      .filter(([next, count]) => next !== NOTHING && lowerBound(count, row.total) >= threshold)
      .map(([next, count]) => ({ template: next, probability: count / row.total }))
      .sort((a, b) => b.probability - a.probability);
  }

  /** Series that have ended by now: nothing followed. */
  #expire(at: number): void {
    for (let count = 0; count < EXPIRED_AT_ONCE; count++) {
      const oldest = this.#last.rvalues().next().value;
      if (!oldest || at - oldest.at <= this.#options.maxGapMs) return;
      this.#count(oldest.template, NOTHING);
      this.#last.pop();
    }
  }

  #count(template: string, next: string): void {
    const row = this.#rows.get(template);
    if (!row) return;
    row.next.set(next, (row.next.get(next) ?? 0) + 1);
    if (++row.total < MAX_ROW) return;
    row.total = 0;
    for (const [name, count] of row.next) {
      row.next.set(name, count / 2);
      if (count < 1) row.next.delete(name);
      else row.total += count / 2;
    }
  }
}

/**
 * Lower end of the interval for a share of which `count` in `total` was seen (E. B. Wilson, "Probable Inference", JASA
 * 22, 1927): few observations promise little.
 */
function lowerBound(count: number, total: number): number {
  const share = count / total;
  const spread = Z * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2));
  return (share + Z ** 2 / (2 * total) - spread) / (1 + Z ** 2 / total);
}
