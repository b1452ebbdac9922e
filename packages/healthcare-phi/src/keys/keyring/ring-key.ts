import type { KeyObject } from 'node:crypto';

/** `enabled`: used for what is new. `decrypt-only`: for what is there. `destroyed`: known by name, so that its end is no fault. */
export type RingKeyState = 'enabled' | 'decrypt-only' | 'destroyed';

/** A key of a keyring; `null` where it is destroyed. */
export interface RingKey {
  readonly id: string;
  readonly state: RingKeyState;
  readonly key: KeyObject | null;
  /** Of a destroyed index key: what journals that were begun with it are known by. */
  readonly mark?: string;
}

/** A key that is there. */
export interface UsableRingKey extends RingKey {
  readonly key: KeyObject;
}
