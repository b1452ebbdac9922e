/** Times as ISO 8601 in UTC, in milliseconds. All of a second begin alike: that is made once. */
export class UtcText {
  #second = NaN;
  #start = '';

  of(nowMs: number): string {
    const ms = Math.floor(nowMs);
    const second = Math.floor(ms / 1_000);
    if (second !== this.#second) {
      this.#start = new Date(second * 1_000).toISOString().slice(0, -4);
      this.#second = second;
    }
    return `${this.#start}${String(ms - second * 1_000).padStart(3, '0')}Z`;
  }
}
