/** Values whose JSON takes 1 KiB, of two kinds: many fields, as rows of tables have, or few and a text. */
export const KINDS = { record, article };

export type Kind = keyof typeof KINDS;

const BYTES = 1_024;

/** A record of a clinic with 35 fields. */
export function record(id: number): object {
  const made = {
    id: `patient-${id}`,
    name: `Name of ${id}`,
    email: `patient${id}@example.org`,
    isActive: id % 2 === 0,
    age: 20 + (id % 60),
    heightCm: 150.5 + (id % 40),
    createdAt: '2026-01-05T10:00:00.000Z',
    updatedAt: '2026-02-07T12:30:00.000Z',
    address: { street: `Street ${id}`, zip: '10115', city: 'Berlin', country: 'DE' },
    tags: ['regular', 'insured', 'reminder'],
    visits: Array.from({ length: 4 }, (_, i) => ({
      at: 1_780_000_000_000 + id * 1_000 + i,
      room: i,
      doctor: `doctor-${i}`,
    })),
    balance: id * 0.25,
    locale: 'de-DE',
    note: null,
  };
  return filled(made, 'summary', id);
}

/** An article with 5 fields, one of them a text. */
export function article(id: number): object {
  return filled(
    { id: `article-${id}`, title: `Title of ${id}`, isPublic: true, at: id },
    'text',
    id,
  );
}

/** With a text in one more field that is the same for the same seed, and that no compressor makes much of. */
function filled(made: object, field: string, seed: number): object {
  const missing = BYTES - JSON.stringify({ ...made, [field]: '' }).length;
  return { ...made, [field]: noise(missing, seed) };
}

/** A text of so many characters, the same for the same seed. */
export function noise(length: number, seed: number): string {
  let [text, state] = ['', seed * 2_654_435_761 + 1];
  while (text.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    text += state.toString(36);
  }
  return text.slice(0, Math.max(0, length));
}
