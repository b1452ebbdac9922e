import type { TemplateMatcher, TemplateValues } from './template.matcher.js';
import { TemplatePredictor, type TemplatePredictorOptions } from './template.predictor.js';

/** A read that probably comes next. */
export interface NextRead {
  readonly template: string;
  readonly values: TemplateValues;
  readonly probability: number;
}

/** Reads of one kind of subject: those whose templates have all of these placeholders. */
interface Chain {
  readonly names: readonly string[];
  readonly targets: ReadonlySet<string>;
  readonly predictor: TemplatePredictor;
}

/**
 * Predicts whole keys. A subject is the values of the placeholders of a template that may be predicted; what is
 * read of it by any template that has these placeholders makes one chain. A template without placeholders has no
 * subject and is never predicted.
 */
export class NextReadPredictor {
  readonly #chains: readonly Chain[];

  /** @param targets what may be predicted; their number bounds the memory, together with `options` */
  constructor(targets: readonly TemplateMatcher[], options: TemplatePredictorOptions = {}) {
    const chains = new Map<string, { names: readonly string[]; targets: Set<string> }>();
    for (const { source, placeholders } of targets) {
      const names = [...new Set(placeholders)].sort();
      if (names.length === 0) continue;
      const id = names.join();
      const chain = chains.get(id) ?? { names, targets: new Set() };
      chain.targets.add(source);
      chains.set(id, chain);
    }
    this.#chains = [...chains.values()].map((chain) => ({
      ...chain,
      predictor: new TemplatePredictor(options),
    }));
  }

  /** Learns from a read, and tells what probably follows it. */
  observe(template: string, values: TemplateValues, at: number): readonly NextRead[] {
    return this.#chains.flatMap(({ names, targets, predictor }) => {
      if (!names.every((name) => Object.hasOwn(values, name))) return [];
      const subject = names.map((name) => [name, values[name]]);
      predictor.observe(template, JSON.stringify(subject), at);
      return predictor
        .predict(template)
        .filter((next) => targets.has(next.template))
        .map((next) => ({ ...next, values: Object.fromEntries(subject) as TemplateValues }));
    });
  }
}
