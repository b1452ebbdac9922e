/** What the source of a function tells of its parameters. */
export interface DeclaredParameters {
  /** Names in order; `null` where there is none: a destructured parameter. */
  readonly names: readonly (string | null)[];
  /** True when more arguments than names may be read: a rest parameter, `arguments` in the body, or no source at all. */
  readonly isOpen: boolean;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Parameters that are told apart by commas alone, as most are: nothing in them is in brackets, quotes or comments. */
const PLAIN = /^(?:async\s+)?(?:function\b\s*)?[\w$]*\s*\(([\w$\s,.=-]*)\)/;
/** Before these a slash begins a regular expression, otherwise it divides. */
const BEFORE_REGEX = /[=(,:[!&|?{};+\-*%~^<>]$|^$/;

/** Reads the names of a function's parameters from its source; minifiers rename them. */
export function parameterNamesOf(method: (...args: never[]) => unknown): DeclaredParameters {
  const source = Function.prototype.toString.call(method);
  const plain = PLAIN.exec(source);
  if (plain) return declaredIn((plain[1] as string).split(','), source.slice(plain[0].length));
  const single = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(source)?.[1];
  if (single !== undefined) return { names: [single], isOpen: false };
  const open = findParameterList(source);
  if (open < 0) return { names: [], isOpen: true };
  const { parts, end } = splitList(source, open + 1);
  return declaredIn(parts, source.slice(end));
}

/** @param parts the parameters; the last is empty behind a trailing comma */
function declaredIn(parts: readonly string[], body: string): DeclaredParameters {
  const written = parts.map((part) => part.trim());
  if (written.at(-1) === '') written.pop();
  const isRest = written.at(-1)?.startsWith('...') ?? false;
  return {
    names: written.map(nameOf),
    isOpen: isRest || /\barguments\b|\[native code\]/.test(body),
  };
}

function nameOf(parameter: string): string | null {
  const plain = /^(?:\.\.\.)?([\w$]+)(?=$|\s|=)/.exec(parameter)?.[1];
  if (plain !== undefined) return plain;
  return /^(?:\.\.\.)?([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(parameter)?.[1] ?? null;
}

/** The first parenthesis that is not inside a computed name, a comment or a string. */
function findParameterList(source: string): number {
  for (let at = 0; at < source.length;) {
    if (source[at] === '(') return at;
    at = source[at] === '[' ? skipGroup(source, at) : skipToken(source, at, '');
  }
  return -1;
}

/** Splits at commas of the own level, up to the closing parenthesis; comments are left out. */
function splitList(source: string, start: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let part = '';
  let at = start;
  while (at < source.length && source[at] !== ')') {
    if (source[at] === ',') {
      parts.push(part);
      part = '';
      at++;
      continue;
    }
    const next = skipToken(source, at, part);
    if (!isComment(source, at)) part += source.slice(at, next);
    part = part.trimStart();
    at = next;
  }
  if (part !== '') parts.push(part); // empty behind a trailing comma, too
  return { parts, end: at };
}

/** The index behind one string, comment, regular expression, bracketed group or single character. */
function skipToken(source: string, at: number, before: string): number {
  const char = source[at] ?? '';
  if (char in CLOSING) return skipGroup(source, at);
  if (char === '"' || char === "'") return skipQuoted(source, at);
  if (char === '`') return skipTemplate(source, at);
  if (isComment(source, at)) return skipComment(source, at);
  if (char === '/' && BEFORE_REGEX.test(before.trimEnd())) return skipRegex(source, at);
  return at + 1;
}

function skipGroup(source: string, open: number): number {
  const closing = CLOSING[source[open] ?? ''];
  let at = open + 1;
  while (at < source.length && source[at] !== closing) {
    at = skipToken(source, at, source.slice(open, at));
  }
  return at + 1;
}

function skipQuoted(source: string, open: number): number {
  let at = open + 1;
  while (at < source.length && source[at] !== source[open]) at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}

function skipTemplate(source: string, open: number): number {
  let at = open + 1;
  while (at < source.length && source[at] !== '`') {
    if (source.startsWith('${', at)) at = skipGroup(source, at + 1);
    else at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function skipRegex(source: string, open: number): number {
  let isInClass = false;
  let at = open + 1;
  for (; at < source.length && (isInClass || source[at] !== '/'); at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[') isInClass = true;
    else if (source[at] === ']') isInClass = false;
  }
  return at + 1;
}

function isComment(source: string, at: number): boolean {
  return source.startsWith('//', at) || source.startsWith('/*', at);
}

function skipComment(source: string, at: number): number {
  const [end, length] = source[at + 1] === '/' ? ['\n', 1] : ['*/', 2];
  const close = source.indexOf(end, at + 2);
  return close < 0 ? source.length : close + length;
}
