/** What somebody must be told at once. */
export type AuditAlarmKind =
  | 'sink-down'
  | 'sink-up'
  | 'spool-failed'
  | 'buffer-full'
  | 'restricted-refused'
  | 'emergency-spooled'
  | 'emergency-unrecorded'
  | 'signer-failed'
  | 'anchor-failed'
  | 'spool-damaged';

export interface AuditAlarm {
  readonly kind: AuditAlarmKind;
  /** A sentence for the person on call; names no patient and no actor. */
  readonly message: string;
}

/** Told once when something begins, and again only after it has ended. Must return at once; what it throws is ignored. */
export type AuditAlarmListener = (alarm: AuditAlarm) => void;

/** Rings once for each thing, until that is over. */
export class AuditAlarmBell {
  readonly #listener: AuditAlarmListener;
  readonly #ringing = new Set<AuditAlarmKind>();

  constructor(listener: AuditAlarmListener) {
    this.#listener = listener;
  }

  get ringing(): readonly AuditAlarmKind[] {
    return [...this.#ringing];
  }

  ring(kind: AuditAlarmKind, message: string): void {
    if (this.#ringing.has(kind)) return;
    this.#ringing.add(kind);
    this.tell(kind, message);
  }

  /** The cause is over; the next one rings again. */
  still(...kinds: readonly AuditAlarmKind[]): void {
    for (const kind of kinds) this.#ringing.delete(kind);
  }

  /** News, which has no end. */
  tell(kind: AuditAlarmKind, message: string): void {
    try {
      this.#listener({ kind, message });
    } catch {
      return; // somebody who can't be told must not break what he is told of
    }
  }
}
