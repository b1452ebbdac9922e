const GROUPS = 8;

/** The keys that are worked on, each with its tags: few, some of them hot, so that reads and invalidations meet. */
export class Subjects {
  #keys;

  constructor(count) {
    this.#keys = Array.from({ length: count }, (_, n) => `item:g${n % GROUPS}:k${n}`);
  }

  /** A key, the first ones more often than the last (as Zipf has it). */
  key() {
    const { length } = this.#keys;
    return this.#keys[Math.floor(length ** Math.random()) - 1];
  }

  keys(count) {
    return [...new Set(Array.from({ length: count }, () => this.key()))];
  }

  tagsOf(key) {
    const [, group, name] = key.split(':');
    return [`t:${group}`, `t:${name}`];
  }

  /** Something to invalidate: mostly one key, sometimes everything. */
  coverage() {
    const key = this.key();
    const [, group, name] = key.split(':');
    const dice = Math.random();
    if (dice < 0.45) return { kind: 'keys', keys: [key] };
    if (dice < 0.7) return { kind: 'tag', tag: `t:${name}` };
    if (dice < 0.78) return { kind: 'tag', tag: `t:${group}` };
    if (dice < 0.86) return { kind: 'pattern', pattern: `item:${group}:*` };
    if (dice < 0.94) return { kind: 'pattern', pattern: `item:*:${name}` };
    if (dice < 0.99) return { kind: 'keys', keys: this.keys(5) };
    return { kind: 'all' };
  }
}
