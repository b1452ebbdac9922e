import { isProtected, type ResolvedCacheOptions } from '@vitalcache/core';

import { topicTagsOf } from './subject-tags.js';

/**
 * Adds to the tags of a call those by which a list or a schedule is found when an appointment changes, such as for
 * `['appointments', 'doctor:456', 'clinic:123']`: also to those of data that is not protected. A function of the options
 * alone.
 */
export function withTopicTags(options: ResolvedCacheOptions): ResolvedCacheOptions {
  const { tags } = options;
  // What is protected is given its tags with its admission, which knows more of whom it is about; what a value tells comes later.
  if (typeof tags === 'function' || isProtected(options)) return options;
  const more = topicTagsOf(tags);
  return more.length === 0 ? options : Object.freeze({ ...options, tags: [...tags, ...more] });
}
