import { isProtected, type ResolvedCacheOptions } from '@vitalcache/core';

import { topicTagsOf } from './subject-tags.js';

/**
 * Adds to the tags of a call those by which a list or a schedule is found when an appointment changes, such as for
 * `['appointments', 'doctor:456', 'clinic:123']`: also to those of data that is not protected, and to those that a value
 * tells. A function of the options alone.
 */
export function withTopicTags(options: ResolvedCacheOptions): ResolvedCacheOptions {
  const { tags } = options;
  if (typeof tags === 'function') {
    const told = (value: never): readonly string[] => all(tags(value));
    return Object.freeze({ ...options, tags: told });
  }
  // What is protected is given its tags with its admission, which knows more of whom it is about.
  if (isProtected(options)) return options;
  const more = topicTagsOf(tags);
  return more.length === 0 ? options : Object.freeze({ ...options, tags: [...tags, ...more] });
}

/** What is no list is refused as what it is. */
function all(tags: readonly string[]): readonly string[] {
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) return tags;
  return [...tags, ...topicTagsOf(tags)];
}
