/** How a check went; `unknown`: it could not be told. */
export type CheckState = 'ok' | 'warning' | 'problem' | 'unknown';

/** What one check of the doctor found. Nothing in it is a secret. */
export interface Finding {
  /** A constant word, for machines. */
  readonly check: string;
  readonly state: CheckState;
  /** What was looked at. */
  readonly subject: string;
  /** What is so, and if it is not well, what to do; one sentence or two. */
  readonly message: string;
}

/** Findings of one subject, noted one by one. */
export class Findings {
  readonly list: Finding[] = [];
  readonly #subject: string;

  constructor(subject: string) {
    this.#subject = subject;
  }

  note(check: string, state: CheckState, message: string): void {
    this.list.push({ check, state, subject: this.#subject, message });
  }

  /** @param isWell `null`: it could not be told */
  judge(
    check: string,
    isWell: boolean | null,
    words: { readonly well: string; readonly ill: string; readonly unknown: string },
    ill: 'warning' | 'problem' = 'problem',
  ): void {
    if (isWell === null) this.note(check, 'unknown', words.unknown);
    else this.note(check, isWell ? 'ok' : ill, isWell ? words.well : words.ill);
  }
}
