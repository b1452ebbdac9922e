import { CacheError, KeyTemplate } from '@vitalcache/core';

import type { PlaceholderResolver } from './placeholder.resolver.js';

/** Makes one text from the arguments of a call. */
export type TextOfCall = (args: readonly unknown[]) => string;

/**
 * Compiles a template against the parameters of a method.
 * @throws CacheError `KEY_INVALID` for a template that is none, or that names a parameter which does not exist. What
 * comes back throws `KEY_INVALID` for values that can't stand in a key.
 */
export function compileTemplate(source: string, parameters: PlaceholderResolver): TextOfCall {
  const template = new KeyTemplate(source);
  const getters = new Map(
    template.placeholders.map((name) => {
      const getter = parameters.getter(name);
      if (getter) return [name, getter] as const;
      throw new CacheError(
        'KEY_INVALID',
        `${source} names {${name}}, which is no parameter; known are ${parameters.known.join(', ') || 'none'}`,
      );
    }),
  );
  return (args) => template.render((name) => getters.get(name)?.(args));
}

/** Compiles the tags that hold placeholders; `null` if none does. @throws CacheError as {@link compileTemplate} */
export function compileTags(
  tags: readonly string[],
  parameters: PlaceholderResolver,
): ((args: readonly unknown[]) => readonly string[]) | null {
  if (!tags.some((tag) => tag.includes('{'))) return null;
  const compiled = tags.map((tag) =>
    tag.includes('{') ? compileTemplate(tag, parameters) : () => tag,
  );
  return (args) => compiled.map((render) => render(args));
}
