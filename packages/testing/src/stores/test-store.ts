/** How a store was had. */
export type StoreKind = 'address' | 'docker' | 'binary';

/** A real server for tests. What it can't do is absent. */
export interface TestStore {
  readonly kind: StoreKind;
  readonly url: string;
  /** Random; begins every key and namespace of the tests. At a given address it is all that keeps others' data safe. */
  readonly prefix: string;
  /** Removes what the tests stored: at a given address the keys that hold `prefix`, else everything. */
  flush(): Promise<void>;
  /** Ends the server if it was started for the tests. May be called twice. */
  stop(): Promise<void>;
  /** Ends the server and starts it again under the same URL, with its data (saved before) or without. */
  restart?(options?: { readonly keepData?: boolean }): Promise<void>;
  /** Stops the server's process without closing its connections: it hangs. */
  pause?(): void;
  /** Lets a paused server go on. */
  resume?(): void;
}

/** What a store may be able to do beyond serving. */
export type StoreAbility = 'restart' | 'pause';

/** A way to a store: it can be tried. */
export interface StoreSource {
  readonly kind: StoreKind;
  readonly abilities: readonly StoreAbility[];
  start(): Promise<TestStore>;
}
