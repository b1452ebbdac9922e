import { assertTags, CacheError, type CacheOptions } from '@vitalcache/core';

import { AnswerPlaceholders } from './answer-placeholders.js';
import { assertDecoratorOptions } from './assert-decorator-options.js';
import type { CacheDecoratorOptions } from './cache-decorator.options.js';
import type { CachePutOptions } from './cache-put.options.js';
import { DecoratedMethod, type DecoratedPlace } from './decorated-method.js';
import { handlerKindOf } from './handler-kind.js';
import { compileTags, compileTemplate } from './method-templates.js';
import { unanswering } from './route-metadata.js';

/** Options that say how to read, which a method that only writes doesn't. */
const OF_READS = [
  'forceRefresh',
  'consistency',
  'after',
  'since',
  'loadedAfter',
  'varyBy',
] as const satisfies readonly (keyof CacheDecoratorOptions)[];

/** What `@CachePut()` knows of one method: checked and compiled once, when the class is defined. */
export class PuttingMethod extends DecoratedMethod {
  readonly isPublic: boolean;
  /** What the key is made from; absent: by a function of the application. */
  readonly keyTemplate: string | undefined;
  /** What is said to the cache, but for tags with placeholders. */
  readonly options: CacheOptions;
  readonly keyFor: (instance: object, resultAndArgs: readonly unknown[]) => string;
  readonly #tagsFor: ReturnType<typeof compileTags>;

  /** @throws CacheError `OPTION_INVALID`, `KEY_INVALID` or `TAG_INVALID`, naming class and method. */
  constructor(place: DecoratedPlace, options: CachePutOptions) {
    super(place, options.cache);
    const { cache: _cache, key, keyTemplate, public: isPublic, ...rest } = options;
    this.isPublic = isPublic ?? false;
    this.keyTemplate = keyTemplate;
    try {
      assertDecoratorOptions(options);
      assertOfWrites(options);
      this.assertSuitable(place.prototype.constructor, place.original);
      const placeholders = new AnswerPlaceholders(this.parameters());
      const tags = Array.isArray(rest.tags) ? (rest.tags as readonly string[]) : [];
      assertTags(tags);
      this.#tagsFor = compileTags(tags, placeholders);
      const render = keyTemplate === undefined ? null : compileTemplate(keyTemplate, placeholders);
      this.keyFor = (instance, resultAndArgs) =>
        render
          ? render(resultAndArgs)
          : (key as NonNullable<typeof key>).apply(instance, resultAndArgs.slice(1) as never[]);
      this.options = Object.freeze({ template: keyTemplate ?? this.label, ...rest });
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** The options of one call. @throws CacheError `KEY_INVALID` when a value can't stand in a tag. */
  optionsFor(resultAndArgs: readonly unknown[]): CacheOptions {
    return this.#tagsFor ? { ...this.options, tags: this.#tagsFor(resultAndArgs) } : this.options;
  }

  protected override assertSuitable(type: object, handler: object): void {
    const reason =
      handlerKindOf(handler) === 'http' ? unanswering(type, this.name, handler) : undefined;
    if (reason !== undefined) throw this.failure(reason);
  }
}

function assertOfWrites(options: CachePutOptions): void {
  if (options.key === undefined && options.keyTemplate === undefined) {
    throw new CacheError(
      'OPTION_INVALID',
      'keyTemplate or key must say where to put the answer: the key of the @Cache() that reads it.',
    );
  }
  const written: CacheDecoratorOptions = options;
  const ofReads = OF_READS.filter((name) => written[name] !== undefined);
  if (ofReads.length === 0) return;
  throw new CacheError(
    'OPTION_INVALID',
    `${ofReads.join(', ')} only mean something where values are read.`,
  );
}
