/** Version of this package, as its package.json says it; a test keeps the two together. */
export const LIBRARY_VERSION = '0.1.0';
