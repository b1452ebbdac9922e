import { nearestName } from '@vitalcache/core';

import { isOfShape, mayMatch, shapeOf, type NameShape } from './name-shape.js';

/** Beginnings of names that are remembered; more are no beginnings but ids. */
const MAX_WORDS = 1_000;
const MAX_NAMED = 3;

/**
 * Keys or tags that a process knows: templates that are declared, and how names began that it came across. Of those no
 * more is remembered: behind the beginning they may name people.
 */
export class KnownNames {
  readonly #templates = new Map<string, NameShape>();
  readonly #words = new Set<string>();
  #isOpen = false;

  /** @param areSecret names that nobody declared are shown to nobody */
  constructor(private readonly areSecret: boolean) {}

  /** Whether some can't be known. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  declare(template: string): void {
    this.#templates.set(template, shapeOf(template));
  }

  /** A name that nobody declared. */
  learn(name: string): void {
    if (this.#words.size < MAX_WORDS) this.#words.add(wordOf(name));
    else this.leaveOpen();
  }

  /** From now on there are names that can't be known. */
  leaveOpen(): void {
    this.#isOpen = true;
  }

  has(name: string): boolean {
    if (this.#words.has(wordOf(name))) return true;
    const segments = name.split(':');
    return [...this.#templates.values()].some((shape) => isOfShape(segments, shape));
  }

  hasMatch(pattern: string): boolean {
    const first = wordOf(pattern);
    return (
      [...this.#words].some((word) => mayMatch(first, [word])) ||
      [...this.#templates.values()].some((shape) => mayMatch(pattern, shape))
    );
  }

  /** A few that begin as the name does, or nearly: what was probably meant. */
  near(name: string): readonly string[] {
    const all = [...this.#templates.keys(), ...(this.areSecret ? [] : this.#words)];
    const nearest = nearestName(wordOf(name), [...new Set(all.map(wordOf))]);
    return all.filter((one) => wordOf(one) === nearest).slice(0, MAX_NAMED);
  }
}

/** How a name begins. */
export function wordOf(name: string): string {
  return name.split(':', 1)[0] ?? '';
}
