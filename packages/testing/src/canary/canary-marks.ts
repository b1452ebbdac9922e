/**
 * A person who exists in no data of anybody: whoever finds these words has found what a test put there. They hold what
 * each way of writing text down treats in its own way: quotes, a backslash, controls, letters of one, two, three and four
 * bytes in UTF-8, and everything that means something in keys, patterns, URLs and markup.
 */
export const CANARY_PATIENT = {
  name: 'Żaneta "Canary" O’Quill-Ødegård',
  /** Letters and digits only: it stays what it is in JSON, URLs and keys. */
  mrn: 'MRNCANARY8841Q7Z',
  email: 'zaneta.canary+8841@example.org',
  note: 'Says: "tight chest", naïve?\n心 & 🫀 <b>\\worse\\</b> {at: 100%} [*]\ttonight',
} as const;

/** All that the patient's data hold, each to be found nowhere. */
export const CANARY_MARKS: readonly string[] = Object.values(CANARY_PATIENT);
