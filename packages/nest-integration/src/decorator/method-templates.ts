import { assertPattern, CacheError, escapeKeyValue, KeyTemplate } from '@vitalcache/core';

import type { PlaceholderSource } from './placeholder.resolver.js';

/** Makes texts from the arguments of a call. */
export type TextsOfCall = (args: readonly unknown[]) => readonly string[];

const MAX_TEXTS = 1_000;
const PLACEHOLDER = /\{([\w$.]+)\}/;

/** Makes one text from the arguments of a call. */
export type TextOfCall = (args: readonly unknown[]) => string;

/**
 * Compiles a template against the parameters of a method.
 * @throws CacheError `KEY_INVALID` for a template that is none, or that names a parameter which does not exist. What
 * comes back throws `KEY_INVALID` for values that can't stand in a key.
 */
export function compileTemplate(source: string, parameters: PlaceholderSource): TextOfCall {
  const template = new KeyTemplate(source);
  const getters = new Map(
    template.placeholders.map((name) => [name, getterOf(source, name, parameters)] as const),
  );
  return (args) => template.render((name) => getters.get(name)?.(args));
}

/**
 * As {@link compileTemplate}, but a list makes a text of each member: `user:{ids}`.
 * @throws CacheError `KEY_INVALID`; what comes back also for more than 1 000 texts
 */
export function compileEach(source: string, parameters: PlaceholderSource): TextsOfCall {
  const template = new KeyTemplate(source);
  const names = [...new Set(template.placeholders)];
  const getters = names.map((name) => getterOf(source, name, parameters));
  return (args) => {
    const lists = getters.map((getter) => [getter(args)].flat());
    if (lists.reduce((count, { length }) => count * length, 1) > MAX_TEXTS) {
      throw new CacheError(
        'KEY_INVALID',
        `${source} stands for more than ${MAX_TEXTS} names; use a tag`,
      );
    }
    const rows = lists.reduce<unknown[][]>(
      (all, values) => all.flatMap((row) => values.map((value) => [...row, value])),
      [[]],
    );
    return rows.map((row) => template.render((name) => row[names.indexOf(name)]));
  };
}

/**
 * Compiles a glob with placeholders, such as `users:{id}:*`; values stand for themselves in it.
 * @throws CacheError `PATTERN_INVALID`, and `KEY_INVALID` as {@link compileTemplate}
 */
export function compilePattern(source: string, parameters: PlaceholderSource): TextsOfCall {
  const parts = source.split(PLACEHOLDER).map((part, index) => {
    if (index % 2 === 0) return () => part;
    const getter = getterOf(source, part, parameters);
    return (args: readonly unknown[]) => escapeKeyValue(getter(args), part);
  });
  assertPattern(source.replaceAll(new RegExp(PLACEHOLDER, 'g'), 'x'));
  return (args) => [parts.map((render) => render(args)).join('')];
}

/** Compiles the tags that hold placeholders; `null` if none does. @throws CacheError as {@link compileTemplate} */
export function compileTags(
  tags: readonly string[],
  parameters: PlaceholderSource,
): ((args: readonly unknown[]) => readonly string[]) | null {
  if (!tags.some((tag) => tag.includes('{'))) return null;
  const compiled = tags.map((tag) =>
    tag.includes('{') ? compileTemplate(tag, parameters) : () => tag,
  );
  return (args) => compiled.map((render) => render(args));
}

function getterOf(source: string, name: string, parameters: PlaceholderSource) {
  const getter = parameters.getter(name);
  if (getter) return getter;
  throw new CacheError(
    'KEY_INVALID',
    `${source} names {${name}}, which is no parameter; known are ${parameters.known.join(', ') || 'none'}`,
  );
}
