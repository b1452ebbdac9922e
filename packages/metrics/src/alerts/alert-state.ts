import type { AlertRule } from './alert.js';

/** One alert over time: a rule's measurements in, its beginning and end out, with hysteresis. */
export class AlertState {
  readonly rule: AlertRule;
  /** When it began to fire; `null` while it does not. */
  #firingSince: number | null = null;
  /** Since when measurements speak for the other state. */
  #turningSince: number | null = null;

  constructor(rule: AlertRule) {
    this.rule = rule;
  }

  get firingSince(): number | null {
    return this.#firingSince;
  }

  /** Takes a measurement; gives what has changed by it. */
  take(
    value: number | null,
    now: number,
  ): { readonly state: 'firing' | 'resolved'; readonly since: number } | null {
    if (value === null) return null;
    const isFiring = this.#firingSince !== null;
    const { fires, limit, clearsAt, forMs, clearForMs } = this.rule;
    const isOut = fires === 'above' ? value > limit : value < limit;
    const isOver = fires === 'above' ? value <= clearsAt : value >= clearsAt;
    if (!(isFiring ? isOver : isOut)) {
      this.#turningSince = null;
      return null;
    }
    this.#turningSince ??= now;
    if (now - this.#turningSince < (isFiring ? clearForMs : forMs)) return null;
    const since = this.#firingSince ?? now;
    this.#turningSince = null;
    this.#firingSince = isFiring ? null : now;
    return { state: isFiring ? 'resolved' : 'firing', since };
  }
}
