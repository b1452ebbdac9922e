/** A condition that a patient has or had. */
export interface HistoryCondition {
  readonly name: string;
  /** `YYYY-MM-DD` of the diagnosis. */
  readonly since: string;
  readonly active: boolean;
}

/** A known allergy. */
export interface HistoryAllergy {
  readonly substance: string;
  readonly reaction: string;
  readonly severity: 'mild' | 'moderate' | 'severe';
}

/** Something done on a day. */
export interface HistoryEvent {
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

/** An examination and what it showed. */
export interface HistoryFinding extends HistoryEvent {
  readonly finding: string;
}
