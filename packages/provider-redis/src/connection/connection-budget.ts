/** Connections that one process may have to all of its stores together. */
export class ConnectionBudget {
  readonly #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Takes one that nothing works without: the first of a store, the journal's own. May exceed the bound. */
  take(): void {
    this.#taken++;
  }

  /** Takes one more if that is within the bound; returns whether it did. */
  tryTake(): boolean {
    if (this.#taken >= this.#max) return false;
    this.#taken++;
    return true;
  }

  giveBack(): void {
    this.#taken--;
  }
}
