/** Longest pattern that is accepted, in bytes of UTF-8. */
export const MAX_PATTERN_BYTES = 256;

type Step = (codePoint: string) => boolean;

/** A compiled pattern: literal and class steps, with `null` standing for `*`. */
type Program = readonly (Step | null)[];

/**
 * Compiles a Redis glob: `*` (any run, crosses ':'), `?` (one character), `[a-c]`, `[^a]` and `\x` (x itself).
 * Only the last `*` is ever retried, so matching takes at most pattern x text steps: with both bounded, linear.
 * Characters are Unicode code points; Redis counts bytes.
 * An unclosed `[` ends with the pattern, as in Redis.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const program = parse([...pattern]);
  return (text) => matches(program, [...text]);
}

/** `*`, `?`, `[`, `]` and `\` with a backslash before them, so that a glob matches them literally. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}

/** A pattern in plain words, where it is one that needs no glob: `a:b` is a key, `a:*` a prefix. */
export function simplifyGlob(
  pattern: string,
): { readonly kind: 'key' | 'prefix'; readonly text: string } | null {
  const body = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
  const text = body.replace(/\\(.)/gsu, '');
  if (/[*?[\]\\]/u.test(text)) return null;
  const literal = body.replace(/\\(.)/gsu, '$1');
  if (body === pattern) return { kind: 'key', text: literal };
  return literal.endsWith(':') ? { kind: 'prefix', text: literal } : null;
}

function parse(pattern: readonly string[]): Program {
  const program: (Step | null)[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '*') {
      if (program.at(-1) !== null) program.push(null);
    } else if (char === '?') {
      program.push(() => true);
    } else if (char === '[') {
      const [step, end] = parseClass(pattern, i + 1);
      program.push(step);
      i = end;
    } else {
      if (char === '\\' && i + 1 < pattern.length) i++;
      const literal = pattern[i] as string;
      program.push((codePoint) => codePoint === literal);
    }
  }
  return program;
}

/** Reads a class after its '['; resolves with the step and the index of the closing ']'. */
function parseClass(pattern: readonly string[], start: number): [Step, number] {
  const isNegated = pattern[start] === '^';
  const ranges: [string, string][] = [];
  let i = isNegated ? start + 1 : start;
  for (; i < pattern.length && pattern[i] !== ']'; i++) {
    if (pattern[i] === '\\' && i + 1 < pattern.length) i++;
    const low = pattern[i] as string;
    if (pattern[i + 1] === '-' && pattern[i + 2] !== undefined && pattern[i + 2] !== ']') {
      i += 2;
      const high = pattern[i] as string;
      ranges.push(low <= high ? [low, high] : [high, low]);
    } else {
      ranges.push([low, low]);
    }
  }
  const step: Step = (char) =>
    ranges.some(([low, high]) => char >= low && char <= high) !== isNegated;
  return [step, i];
}

function matches(program: Program, text: readonly string[]): boolean {
  let step = 0;
  let at = 0;
  let star = -1;
  let retryAt = 0;
  while (at < text.length) {
    const current = program[step];
    if (current === null) {
      star = step++;
      retryAt = at;
    } else if (current?.(text[at] as string)) {
      step++;
      at++;
    } else if (star >= 0) {
      step = star + 1;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  while (program[step] === null) step++;
  return step === program.length;
}
