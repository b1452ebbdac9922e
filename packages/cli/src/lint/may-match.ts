import { ANY } from './syntax.js';

/** Tokens: a character, or `*` for any text. */
type Token = string;
const REST = '*';

/**
 * Whether a key made by `template` can be matched by `pattern`. What is put in at run time is `ANY` on both sides; in a
 * `glob`, `*` and `?` stand for any text, too.
 */
export function mayMatch(template: string, pattern: string, isGlob: boolean): boolean {
  const memo = new Map<string, boolean>();
  const [left, right] = [tokensOf(template, false), tokensOf(pattern, isGlob)];
  const meets = (i: number, k: number): boolean => {
    const id = `${i} ${k}`;
    const known = memo.get(id);
    if (known !== undefined) return known;
    memo.set(id, false);
    const result = step(i, k);
    memo.set(id, result);
    return result;
  };
  const step = (i: number, k: number): boolean => {
    const [a, b] = [left[i], right[k]];
    if (a === undefined && b === undefined) return true;
    if (a === REST && meets(i + 1, k)) return true;
    if (b === REST && meets(i, k + 1)) return true;
    if (a === undefined || b === undefined) return false;
    if (a === REST) return b === REST ? meets(i + 1, k + 1) : meets(i, k + 1);
    if (b === REST) return meets(i + 1, k);
    return (a === b || b === '') && meets(i + 1, k + 1);
  };
  return meets(0, 0);
}

/** An empty token is one character, whatever it is. */
function tokensOf(text: string, isGlob: boolean): readonly Token[] {
  return [...text].map((char) => {
    if (char === ANY || (isGlob && char === '*')) return REST;
    if (isGlob && char === '?') return '';
    return char === '*' ? '\\*' : char;
  });
}
