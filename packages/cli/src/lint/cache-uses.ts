import type { CallExpression, Decorator, File, Node } from '@babel/types';

import { ANY, constantsOf, elementsOf, membersOf, textOf, walk, type Members } from './syntax.js';

/** Something that is cached. Texts hold `ANY` where a value is put in; `null` is what can't be told. */
export interface CachedUse {
  readonly line: number;
  readonly column: number;
  /** How it is called in the source: `@Cache` or `cache`. */
  readonly by: string;
  readonly template: string | null;
  readonly hasTtl: boolean | null;
  readonly tags: readonly string[] | null;
  /** Whether it says that it holds a patient's data, which brings tags and lifetimes of its own. */
  readonly isProtected: boolean | null;
}

/** Something that invalidates. `null`: it can't be told what. */
export interface InvalidatingUse {
  readonly kind: 'key' | 'pattern' | 'tag' | 'subject' | 'everything';
  readonly text: string | null;
}

export interface CacheUses {
  readonly cached: readonly CachedUse[];
  readonly invalidating: readonly InvalidatingUse[];
}

const SERVICES = /^(Healthcare)?CacheService$/;
const PACKAGE = /^@vitalcache\//;
const PROTECTING = [
  'containsPHI',
  'emergencyData',
  'patientSpecific',
  'doctorSpecific',
  'clinicSpecific',
];
/** Methods that read through the cache, and where their options stand. */
const READING: Readonly<Record<string, number>> = { cache: 2, read: 2, cacheMany: 2, prefetch: 2 };
const INVALIDATING: Readonly<Record<string, InvalidatingUse['kind']>> = {
  invalidateCache: 'key',
  del: 'key',
  batchDelete: 'key',
  set: 'key',
  update: 'key',
  invalidateCacheByPattern: 'pattern',
  invalidateCacheByTag: 'tag',
  clear: 'everything',
};
const OF_SUBJECTS =
  /^(invalidate(Patient|Doctor|Clinic|Appointment|Prescription|LabResults)\w*|erasePatient|clearPHICache)$/;

/** What a module does with the cache. Names count only if they are imported from, or typed by, a package of Vitalcache. */
export function cacheUsesOf(file: File): CacheUses {
  const constants = constantsOf(file);
  const decorators = importedDecorators(file);
  const services = serviceNames(file);
  const cached: CachedUse[] = [];
  const invalidating: InvalidatingUse[] = [];
  walk(file, (node) => {
    if (node.type === 'Decorator') {
      const name = decoratorName(node, decorators);
      if (name === 'Cache') cached.push(decorated(node, constants));
      else if (name !== null) invalidating.push(...invalidatedBy(node, constants));
    }
    const call = node.type === 'CallExpression' ? serviceCall(node, services) : null;
    if (!call) return;
    const { method, args } = call;
    const optionsAt = READING[method];
    if (optionsAt !== undefined && args.length >= 2) {
      cached.push(called(node, method, args, optionsAt, constants));
    }
    invalidating.push(...invalidatedIn(method, args, constants));
  });
  return { cached, invalidating };
}

/** Local names of decorators, by what they are called at home. */
function importedDecorators(file: File): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const node of file.program.body) {
    if (node.type !== 'ImportDeclaration' || !PACKAGE.test(node.source.value)) continue;
    for (const one of node.specifiers) {
      if (one.type !== 'ImportSpecifier' || one.imported.type !== 'Identifier') continue;
      names.set(one.local.name, one.imported.name);
    }
  }
  return names;
}

function decoratorName(
  { expression }: Decorator,
  names: ReadonlyMap<string, string>,
): 'Cache' | 'CacheInvalidate' | 'CachePut' | null {
  if (expression.type !== 'CallExpression' || expression.callee.type !== 'Identifier') return null;
  const name = names.get(expression.callee.name);
  return name === 'Cache' || name === 'CacheInvalidate' || name === 'CachePut' ? name : null;
}

/** Variables, parameters and members that hold the service: typed as one, or made by `new`. */
function serviceNames(file: File): ReadonlySet<string> {
  const names = new Set<string>();
  walk(file, (node) => {
    if (node.type === 'Identifier' && isServiceType(node.typeAnnotation)) names.add(node.name);
    if (node.type === 'ClassProperty' && isServiceType(node.typeAnnotation)) {
      if (node.key.type === 'Identifier') names.add(node.key.name);
    }
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && isMade(node.init)) {
      names.add(node.id.name);
    }
    if (node.type === 'ClassProperty' && node.key.type === 'Identifier' && isMade(node.value)) {
      names.add(node.key.name);
    }
  });
  return names;
}

function isServiceType(annotation: Node | null | undefined): boolean {
  if (annotation?.type !== 'TSTypeAnnotation') return false;
  const type = annotation.typeAnnotation;
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return false;
  return SERVICES.test(type.typeName.name);
}

function isMade(value: Node | null | undefined): boolean {
  return (
    value?.type === 'NewExpression' &&
    value.callee.type === 'Identifier' &&
    SERVICES.test(value.callee.name)
  );
}

function serviceCall({ callee, arguments: args }: CallExpression, services: ReadonlySet<string>) {
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return null;
  const { object } = callee;
  const owner =
    object.type === 'Identifier'
      ? object.name
      : object.type === 'MemberExpression' && object.property.type === 'Identifier'
        ? object.property.name
        : null;
  return owner !== null && services.has(owner) ? { method: callee.property.name, args } : null;
}

function decorated(node: Decorator, constants: ReadonlyMap<string, string>): CachedUse {
  const { expression } = node;
  const argument = expression.type === 'CallExpression' ? expression.arguments[0] : undefined;
  const key = (members: Members): string | null => {
    const template = members.values.get('keyTemplate');
    return template ? (braced(textOf(template, constants)) ?? null) : null;
  };
  return useOf(node, '@Cache', argument, constants, key);
}

function called(
  node: Node,
  method: string,
  args: CallExpression['arguments'],
  optionsAt: number,
  constants: ReadonlyMap<string, string>,
): CachedUse {
  return useOf(node, method, args[optionsAt], constants, () => textOf(args[0], constants));
}

function useOf(
  node: Node,
  by: string,
  options: Node | undefined,
  constants: ReadonlyMap<string, string>,
  templateOf: (members: Members) => string | null,
): CachedUse {
  const { line = 0, column = 0 } = node.loc?.start ?? {};
  const isLiteral = options === undefined || options.type === 'ObjectExpression';
  const members: Members =
    options?.type === 'ObjectExpression'
      ? membersOf(options)
      : { isComplete: isLiteral, values: new Map() };
  const unless = (isFound: boolean): boolean | null =>
    isFound ? true : members.isComplete ? false : null;
  return {
    line,
    column: column + 1,
    by,
    template: templateOf(members),
    hasTtl: unless(members.values.has('ttl')),
    tags: tagsOf(members, constants),
    isProtected: unless(PROTECTING.some((name) => members.values.has(name))),
  };
}

function tagsOf(
  { values, isComplete }: Members,
  constants: ReadonlyMap<string, string>,
): readonly string[] | null {
  const tags = values.get('tags');
  if (!tags) return isComplete ? [] : null;
  const elements = elementsOf(tags);
  return elements && elements.map((element) => braced(textOf(element, constants)) ?? ANY);
}

/** `users:{id}` with what is put in for `{id}`. */
function braced(text: string | null): string | null {
  return text === null ? null : text.replace(/\{[^{}]*\}/g, ANY);
}

function invalidatedIn(
  method: string,
  args: CallExpression['arguments'],
  constants: ReadonlyMap<string, string>,
): readonly InvalidatingUse[] {
  if (OF_SUBJECTS.test(method)) return [{ kind: 'subject', text: null }];
  const kind = INVALIDATING[method];
  if (!kind) return [];
  if (kind === 'everything') return [{ kind, text: null }];
  const [first] = args;
  const texts = first && elementsOf(first);
  return (texts ?? [first]).map((one) => ({ kind, text: textOf(one, constants) }));
}

const OF_DECORATOR: Readonly<Record<string, InvalidatingUse['kind']>> = {
  key: 'key',
  keyTemplate: 'key',
  keys: 'key',
  pattern: 'pattern',
  patterns: 'pattern',
  tag: 'tag',
  tags: 'tag',
};

function invalidatedBy(
  { expression }: Decorator,
  constants: ReadonlyMap<string, string>,
): readonly InvalidatingUse[] {
  const argument = expression.type === 'CallExpression' ? expression.arguments[0] : undefined;
  if (argument?.type !== 'ObjectExpression') return [{ kind: 'tag', text: null }];
  return [...membersOf(argument).values].flatMap(([name, value]) => {
    const kind = OF_DECORATOR[name];
    if (!kind) return [];
    return (elementsOf(value) ?? [value]).map((one) => ({
      kind,
      text: braced(textOf(one, constants)),
    }));
  });
}
