/** What stands for every template beyond the bound. */
export const OTHER = 'other';
/** Longer ones are hardly words for labels. */
const MAX_LENGTH = 120;

/** Keeps the number of templates in labels bounded, whatever applications call theirs: the first ones keep their names. */
export class TemplateNames {
  readonly #max: number;
  readonly #known = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  of(template: string): string {
    if (this.#known.has(template)) return template;
    if (this.#known.size >= this.#max || template.length > MAX_LENGTH) return OTHER;
    this.#known.add(template);
    return template;
  }
}
