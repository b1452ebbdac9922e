/** What a loader returns to say that the previous value holds. */
export const NOT_MODIFIED = Symbol('not modified');
