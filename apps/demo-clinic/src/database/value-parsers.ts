/** Type numbers of PostgreSQL's catalogue, stable since they were assigned (pg_type.dat). */
const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

/**
 * How both drivers turn column text into values, so that a row is plain JSON whichever server it came
 * from: a date stays `YYYY-MM-DD` (a `Date` would move it by the time zone), an instant is an ISO
 * string in UTC, and counts are numbers.
 */
export const valueParsers: Readonly<Record<number, (text: string) => string | number>> = {
  [INT8]: Number,
  [DATE]: (text) => text,
  [TIMESTAMPTZ]: (text) => new Date(text).toISOString(),
};
