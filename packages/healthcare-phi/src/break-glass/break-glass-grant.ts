/** What 42 CFR 2.51(c) wants on record when what is under part 2 is given out in an emergency. */
export interface Part2Emergency {
  /** Who gets it, by name. */
  readonly recipient: string;
  /** The facility that they belong to. */
  readonly affiliation: string;
  /** Who gives it out, by name. */
  readonly discloser: string;
  readonly nature: string;
}

/** What somebody says who breaks the glass. */
export interface BreakGlassRequest {
  readonly patientId: string;
  /** A word of the deployment's own list: letters, digits, `-`, `_`, `.`. */
  readonly reasonCode: string;
  /** In their own words, 10 to 1 000 characters; stands in the audit and nowhere else. */
  readonly reasonText: string;
  /** More than 0, at most 60. */
  readonly minutes: number;
  readonly affiliation?: string;
  /** Without it what is tagged `part2` stays closed. */
  readonly part2?: Part2Emergency;
}

/** That one person may see one patient's data for a while, whatever the policy says. */
export interface BreakGlassGrant {
  readonly id: string;
  /** Fit for a header or a cookie: says nothing about the patient, and is of use to the actor alone. */
  readonly token: string;
  readonly actor: string;
  readonly tenant: string;
  readonly patientId: string;
  readonly reasonCode: string;
  readonly hasPart2: boolean;
  /** Epoch milliseconds. */
  readonly openedAt: number;
  /** Of no use from then on. */
  readonly expiresAt: number;
}

/** One use, for those who look at it afterwards. */
export interface BreakGlassReview {
  readonly id: string;
  readonly actor: string;
  readonly patientId: string;
  readonly reasonCode: string;
  readonly reasonText: string;
  readonly openedAt: number;
  /** `null`: still open. */
  readonly endedAt: number | null;
  /** Reads that went through by it: as this process knows, and as each process noted when it ended there. */
  readonly reads: number;
  /** `null`: nobody has looked at it yet. */
  readonly reviewedBy: string | null;
  readonly reviewedAt: number | null;
}

/** What the book of uses holds. */
export type BreakGlassRecord =
  | {
      readonly kind: 'opened';
      readonly grant: Omit<BreakGlassGrant, 'token'>;
      readonly reasonText: string;
      readonly signature: string;
    }
  | {
      readonly kind: 'ended';
      readonly id: string;
      readonly at: number;
      readonly how: 'closed' | 'expired';
      readonly reads: number;
    }
  | {
      readonly kind: 'reviewed';
      readonly id: string;
      readonly at: number;
      readonly by: string;
    };
