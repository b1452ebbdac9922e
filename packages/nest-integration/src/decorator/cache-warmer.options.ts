/** Options of `@CacheWarmer()`. */
export interface CacheWarmerOptions {
  /** The cache of `CacheModule.forRoot({ name })`; absent: the one without a name. */
  readonly cache?: string;
  /** Unique among the warmers of a cache. Default: `Class.method`. */
  readonly name?: string;
  /** What it warms: `clinic`, `doctor`, `patient` or a word of the application's own; as of a `CacheWarmer`. */
  readonly kinds?: readonly string[];
  /**
   * A method of the same class with `@Cache()`: then the warmer gives lists of arguments for it. Absent: it gives items
   * of key, load and options.
   */
  readonly of?: string;
}
