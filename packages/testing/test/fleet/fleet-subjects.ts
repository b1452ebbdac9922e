/** What the fleet caches: few keys, so that everything meets. */
export const KEYS = ['users:1:name', 'users:2:name', 'rooms:1'] as const;

/** A key of {@link KEYS}, by its place. */
export type KeyIndex = 0 | 1 | 2;

export const TAGS: readonly (readonly string[])[] = [['staff', 'ward'], ['staff'], ['ward']];

/** The tags of a value, as a function of it. */
export const tagsOf = ({ key }: { readonly key: string }): readonly string[] =>
  TAGS[KEYS.findIndex((other) => other === key)] ?? [];

/** Ways to name what to invalidate, and the places of the keys that each covers. */
export const SCOPES = {
  first: { by: 'key', name: KEYS[0], covers: [0] },
  second: { by: 'key', name: KEYS[1], covers: [1] },
  third: { by: 'key', name: KEYS[2], covers: [2] },
  tag: { by: 'tag', name: 'staff', covers: [0, 1] },
  'other tag': { by: 'tag', name: 'ward', covers: [0, 2] },
  prefix: { by: 'pattern', name: 'users:*', covers: [0, 1] },
  glob: { by: 'pattern', name: '*:1*', covers: [0, 2] },
  everything: { by: 'clear', name: '', covers: [0, 1, 2] },
} as const satisfies Record<
  string,
  { by: 'key' | 'tag' | 'pattern' | 'clear'; name: string; covers: readonly KeyIndex[] }
>;

export type Scope = keyof typeof SCOPES;

export const SCOPE_NAMES = Object.keys(SCOPES) as readonly Scope[];
