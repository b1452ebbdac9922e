/** Version of entries and records; a namespace holds one. */
export const FORMAT = 1;
