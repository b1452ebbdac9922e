const DAY_MS = 86_400_000;

/**
 * The day on which the demo plays, a Monday. Fixed, so that two seeds are equal to the byte; the
 * schedules cover 30 days before and after it.
 */
export const DEMO_TODAY = '2026-03-02';

/** The moment at which everything seeded was last changed. */
export const SEEDED_AT = `${DEMO_TODAY}T06:00:00.000Z`;

/** The calendar day so many days after (or, negative, before) {@link DEMO_TODAY}. */
export function demoDay(offset: number): string {
  return new Date(Date.parse(DEMO_TODAY) + offset * DAY_MS).toISOString().slice(0, 10);
}
