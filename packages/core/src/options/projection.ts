import { CacheError } from '../errors/cache.error.js';
import type { ValueSerializer } from './cache-options.js';
import { kind, refuse } from './option-checks.js';

/** More are no list that somebody has thought about. */
const MAX_FIELDS = 256;
/** Names that change what an object is. */
const REFUSED = new Set(['__proto__', 'constructor', 'prototype']);

/** Members that are kept, each whole (`null`) or with members of its own. */
type Fields = ReadonlyMap<string, Fields | null>;

/** A value of which could not be left away what was to be: it goes nowhere, also not to whoever loaded it. */
export class UnprojectableValue extends CacheError {
  override readonly name: string = 'UnprojectableValue';

  /** Without a cause, which may repeat what the value holds. */
  constructor() {
    super(
      'VALUE_INVALID',
      'The value is not given: its serializer, or a member that is read of it, threw an error, so that what is not to be kept could not be left away. Make toCache take every value that the loader gives.',
    );
  }
}

/**
 * A serializer that leaves away what `project` does not name, after what the caller's own made of the value; also of what
 * another call stored under the same key without it. Its `toCache` throws {@link UnprojectableValue}.
 * @throws CacheError `OPTION_INVALID`
 */
export function projecting(project: unknown, own: ValueSerializer | null): ValueSerializer | null {
  if (project === undefined) return own;
  const fields = fieldsOf(project);
  return {
    id: JSON.stringify([own?.id ?? '', ...namesOf(fields)]),
    toCache: (value: unknown) => {
      try {
        return kept(own ? own.toCache(value as never) : value, fields);
      } catch {
        throw new UnprojectableValue();
      }
    },
    fromCache: (stored: unknown) => {
      const named = kept(stored, fields);
      return own ? own.fromCache(named as never) : named;
    },
  };
}

function fieldsOf(project: unknown): Fields {
  const isList = Array.isArray(project) && project.length > 0 && project.length <= MAX_FIELDS;
  if (!isList) {
    refuse(`project is ${kind(project)}; accepted: a list of 1 to ${MAX_FIELDS} names of members.`);
  }
  const fields: OpenFields = new Map();
  for (const path of project as readonly unknown[]) addPath(fields, pathOf(path));
  return fields;
}

/** The members that are kept, each once, in one order however they were listed. */
function namesOf(fields: Fields): readonly string[] {
  const names = [...fields].flatMap(([name, inner]) =>
    inner ? namesOf(inner).map((rest) => `${name}.${rest}`) : [name],
  );
  return names.sort();
}

function pathOf(path: unknown): readonly string[] {
  const names = typeof path === 'string' ? path.split('.') : [];
  const isPath = names.length > 0 && names.every((name) => name !== '' && !REFUSED.has(name));
  if (isPath) return names;
  return refuse("project takes names such as 'name' and 'address.city'.");
}

type OpenFields = Map<string, OpenFields | null>;

/** A member that is named whole stays so. */
function addPath(fields: OpenFields, [name = '', ...rest]: readonly string[]): void {
  if (rest.length === 0) return void fields.set(name, null);
  if (fields.get(name) === null) return;
  const inner = fields.get(name) ?? (new Map() as OpenFields);
  fields.set(name, inner);
  addPath(inner, rest);
}

function kept(value: unknown, fields: Fields): unknown {
  if (value instanceof Promise) return value; // refused as what it is
  if (Array.isArray(value)) return value.map((element) => kept(element, fields));
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, inner] of fields) {
    if (!Object.hasOwn(value, name)) continue;
    const member: unknown = Reflect.get(value, name);
    result[name] = inner ? kept(member, inner) : member;
  }
  return result;
}
