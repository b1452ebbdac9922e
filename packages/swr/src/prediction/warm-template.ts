import {
  CACHE_DEFAULTS,
  CacheError,
  isProtected,
  resolveOptions,
  type CacheOptions,
  type LoadContext,
} from '@vitalcache/core';

import { TemplateMatcher, type TemplateValues } from './template.matcher.js';

/** A kind of entry that may be loaded before somebody asks for it. */
export interface WarmTemplate {
  /** As the reads give it in their option `template`, and their keys follow it: `labs:{patientRef}`. */
  readonly template: string;
  /** Loads the entry of these values, as the reads of the application do; it has no user, so it must need none. */
  load(values: TemplateValues, context: LoadContext): unknown;
  /** The options of those reads. What protects data is refused: protected data is not predicted. */
  readonly options?: Omit<CacheOptions, 'template' | 'priority' | 'forceRefresh'>;
  /**
   * Whether hot keys may be saved to the store, in clear, to be warmed at the next start. Never for keys that name
   * people. Default: false.
   */
  readonly persistKeys?: boolean;
}

/** A {@link WarmTemplate} that was checked. */
export interface Warmable {
  readonly matcher: TemplateMatcher;
  readonly declared: WarmTemplate;
}

/** @throws CacheError `CONFIG_INVALID`, `OPTION_INVALID`, `TAG_INVALID` */
export function checkWarmTemplate(declared: WarmTemplate): Warmable {
  const { template, options = {} } = declared;
  const matcher = TemplateMatcher.of(template);
  if (!matcher) {
    throw new CacheError(
      'CONFIG_INVALID',
      `The template ${JSON.stringify(template)} can't be warmed; accepted: a key template whose placeholders have a colon between them, such as labs:{ward}:{id}.`,
    );
  }
  if (isProtected(resolveOptions(options, CACHE_DEFAULTS))) {
    throw new CacheError(
      'CONFIG_INVALID',
      `The template ${template} holds protected data, which is not predicted: nobody would be accountable for the read.`,
    );
  }
  return { matcher, declared };
}
