import { KeyTemplate } from '@vitalcache/core';

/** Values of a template's placeholders, as text; `null` and `undefined` are values of their own. */
export type TemplateValues = Readonly<Record<string, string | null | undefined>>;

/** What an escaped value can't hold; so a literal with a colon ends the value before it, wherever it stands. */
const VALUE = '([^:{}*?[\\]\\\\\\u0000-\\u001f\\u007f]*)';

/** Reads a key backwards: which values made it of its template. */
export class TemplateMatcher {
  readonly #template: KeyTemplate;
  readonly #pattern: RegExp;

  private constructor(template: KeyTemplate, pattern: RegExp) {
    this.#template = template;
    this.#pattern = pattern;
  }

  /**
   * `null` for text that is no key template, or one whose keys can't be read in only one way: two placeholders need a
   * colon between them.
   */
  static of(source: string): TemplateMatcher | null {
    const literals = source.split(/\{[\w$.]+\}/);
    if (literals.slice(1, -1).some((literal) => !literal.includes(':'))) return null;
    try {
      const escaped = literals.map((literal) => literal.replace(/[.+^$()|/-]/g, '\\$&'));
      return new TemplateMatcher(new KeyTemplate(source), new RegExp(`^${escaped.join(VALUE)}$`));
    } catch {
      return null; // the library's users name templates as they like: most of them are only words for logs
    }
  }

  get source(): string {
    return this.#template.source;
  }

  get placeholders(): readonly string[] {
    return this.#template.placeholders;
  }

  /** `null` for a key that the template did not make, such as a variant of one. */
  values(key: string): TemplateValues | null {
    const found = this.#pattern.exec(key)?.slice(1);
    if (!found) return null;
    const values = Object.fromEntries(
      this.placeholders.map((name, index) => [name, unescapeKeyValue(found[index] ?? '')]),
    );
    return this.key(values) === key ? values : null;
  }

  /** @throws CacheError `KEY_INVALID` */
  key(values: TemplateValues): string {
    return this.#template.render((name) => values[name]);
  }
}

function unescapeKeyValue(escaped: string): string | null | undefined {
  if (escaped === '%-') return undefined;
  if (escaped === '%0') return null;
  return escaped.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}
