import { EventEmitter, once } from 'node:events';

/**
 * - `idle`: never opened
 * - `connecting`: the first attempt is under way
 * - `usable`: open, and the server behind it is known
 * - `unavailable`: lost or not to be had; it is tried again
 * - `closed`: for good
 */
export type ConnectionStateName = 'idle' | 'connecting' | 'usable' | 'unavailable' | 'closed';

const CHANGED = 'changed';

/** The state of one connection, and waiting for it to change. */
export class ConnectionState {
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #name: ConnectionStateName = 'idle';

  get name(): ConnectionStateName {
    return this.#name;
  }

  /**
   * Resolves waiters; returns whether the state is another than before. `closed` is never left.
   * @param from the only state that is left; absent: any
   */
  move(name: ConnectionStateName, from: ConnectionStateName = this.#name): boolean {
    if (this.#name === name || this.#name !== from || this.#name === 'closed') return false;
    this.#name = name;
    this.#changes.emit(CHANGED);
    return true;
  }

  /** Resolves with true once the state is none of `names`, with false when `ms` have passed before. */
  async leaves(names: readonly ConnectionStateName[], ms: number): Promise<boolean> {
    const signal = AbortSignal.timeout(ms);
    while (names.includes(this.#name)) {
      if (signal.aborted) return false;
      await once(this.#changes, CHANGED, { signal }).catch(() => undefined);
    }
    return true;
  }
}
