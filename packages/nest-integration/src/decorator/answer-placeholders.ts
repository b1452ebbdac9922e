import {
  memberAt,
  type PlaceholderResolver,
  type PlaceholderSource,
} from './placeholder.resolver.js';

/** How a template names what the method returned: `{result.id}`. */
const RESULT = 'result';

/**
 * Placeholders of templates that are filled in after a call: those of its arguments, and its result. What they are filled
 * in from is a list of the result, then the arguments. A parameter that is called `result` comes first.
 */
export class AnswerPlaceholders implements PlaceholderSource {
  readonly #parameters: PlaceholderResolver;

  constructor(parameters: PlaceholderResolver) {
    this.#parameters = parameters;
  }

  getter(placeholder: string): ((resultAndArgs: readonly unknown[]) => unknown) | undefined {
    const [head = '', ...path] = placeholder.split('.');
    if (head === RESULT && !this.#parameters.known.includes(RESULT)) {
      return ([result]) => memberAt(result, path);
    }
    const ofArguments = this.#parameters.getter(placeholder);
    return ofArguments && (([, ...args]) => ofArguments(args));
  }

  get known(): readonly string[] {
    return [...new Set([...this.#parameters.known, RESULT])];
  }
}
