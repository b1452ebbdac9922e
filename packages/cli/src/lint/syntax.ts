import { parse } from '@babel/parser';
import type { Expression, File, Node, ObjectExpression } from '@babel/types';

/** The syntax tree of a module; `null` if it is none that can be read. */
export function parseModule(text: string, path: string): File | null {
  const plugins: ('typescript' | 'decorators-legacy' | 'jsx')[] = [
    'typescript',
    'decorators-legacy',
  ];
  if (/\.[jt]sx$/.test(path)) plugins.push('jsx');
  try {
    return parse(text, { sourceType: 'module', plugins, errorRecovery: true });
  } catch {
    return null;
  }
}

/** Calls `visit` with every node, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value as unknown]) {
      if (isNode(child)) walk(child, visit);
    }
  }
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Node>).type === 'string' &&
    'loc' in value
  );
}

/** Stands for what is only known when the program runs. */
export const ANY = '\u0000';

/**
 * The text of an expression, with {@link ANY} for what is put into it; `null`: it can't be told.
 * @param constants texts of the module's constants, by name
 */
export function textOf(
  node: Node | null | undefined,
  constants: ReadonlyMap<string, string>,
): string | null {
  switch (node?.type) {
    case 'StringLiteral':
      return node.value;
    case 'TemplateLiteral':
      return node.quasis
        .map(({ value: { cooked, raw } }, i) => {
          const inserted = node.expressions[i];
          return `${cooked ?? raw}${inserted ? (textOf(inserted, constants) ?? ANY) : ''}`;
        })
        .join('');
    case 'BinaryExpression': {
      if (node.operator !== '+') return null;
      const [left, right] = [textOf(node.left, constants), textOf(node.right, constants)];
      return left === null && right === null ? null : `${left ?? ANY}${right ?? ANY}`;
    }
    case 'Identifier':
      return constants.get(node.name) ?? null;
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'ParenthesizedExpression':
      return textOf(node.expression, constants);
    default:
      return null;
  }
}

/** Texts of `const NAME = '…'` at any level of a module. */
export function constantsOf(file: File): ReadonlyMap<string, string> {
  const constants = new Map<string, string>();
  walk(file, (node) => {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'const') return;
    for (const { id, init } of node.declarations) {
      const text = id.type === 'Identifier' ? textOf(init, constants) : null;
      if (id.type === 'Identifier' && text !== null) constants.set(id.name, text);
    }
  });
  return constants;
}

/** Members of an object literal by name; `isComplete` is false if there are others, which can't be read. */
export interface Members {
  readonly isComplete: boolean;
  readonly values: ReadonlyMap<string, Node>;
}

export function membersOf(object: ObjectExpression): Members {
  const values = new Map<string, Node>();
  let isComplete = true;
  for (const property of object.properties) {
    if (property.type === 'SpreadElement' || property.computed) {
      isComplete = false;
      continue;
    }
    const { key } = property;
    const name =
      key.type === 'Identifier' ? key.name : key.type === 'StringLiteral' ? key.value : '';
    values.set(name, property.type === 'ObjectProperty' ? property.value : property);
  }
  return { isComplete, values };
}

/** Elements of an array literal, or the one expression. `null`: it can't be told how many there are. */
export function elementsOf(node: Node): readonly Expression[] | null {
  if (node.type !== 'ArrayExpression') return null;
  const elements = node.elements.map((element) =>
    element && element.type !== 'SpreadElement' ? element : null,
  );
  return elements.includes(null) ? null : (elements as Expression[]);
}
