/** A server's make. */
export type StoreProduct = 'redis' | 'valkey' | 'dragonfly';

/** How a store was had. */
export type StoreKind = 'address' | 'docker' | 'binary';

/** The data that a server had saved; of that server only, and as long as it is not stopped. */
export interface StoreSnapshot {
  readonly folder: string;
}

export interface StartAgainOptions {
  /** Whether what is on the server's disk is left there: whatever it saved or logged by then. True if absent. */
  readonly keepData?: boolean;
}

export interface RestartOptions {
  /** Whether the data is saved before and found again. False if absent. */
  readonly keepData?: boolean;
}

/** A real server for tests. What it can't do is absent. */
export interface TestStore {
  readonly product: StoreProduct;
  readonly kind: StoreKind;
  readonly url: string;
  /** Random; begins every key and namespace of the tests. At a given address it is all that keeps others' data safe. */
  readonly prefix: string;
  /** Removes what the tests stored: at a given address the keys that hold `prefix`, else everything. */
  flush(): Promise<void>;
  /** Ends the server if it was started for the tests, and removes its folder. May be called twice. */
  stop(): Promise<void>;
  /** Ends the server and starts it again under the same URL, with its data (saved before) or without. */
  restart?(options?: RestartOptions): Promise<void>;
  /** Kills the server, as a crash does: nothing is saved, and it stays down. */
  kill?(): Promise<void>;
  /**
   * Starts a killed server again, under the same URL and in the same folder; resolves when it has loaded its data.
   * @throws Error if it was not killed
   */
  start?(options?: StartAgainOptions): Promise<void>;
  /** Stops the server's process without closing its connections: it hangs. */
  pause?(): Promise<void>;
  /** Lets a paused server go on. */
  resume?(): Promise<void>;
  /** Saves the data and keeps a copy. */
  snapshot?(): Promise<StoreSnapshot>;
  /** Kills the server, puts the copy in the place of its data, and starts it again: it has gone back in time. */
  restore?(snapshot: StoreSnapshot): Promise<void>;
}

/** A server's process that was started for the tests. */
export interface OwnedServer {
  readonly host: string;
  readonly port: number;
  /** Whether the tests have neither killed nor paused it. */
  readonly isServing: boolean;
  kill(): Promise<void>;
  start(options?: StartAgainOptions): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** A store that was started for the tests, which may do everything with it. */
export interface OwnedStore extends Required<TestStore>, OwnedServer {
  kill(): Promise<void>;
  start(options?: StartAgainOptions): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** What a store may be able to do beyond serving; `configure`: to be given arguments of the server. */
export type StoreAbility = 'restart' | 'kill' | 'pause' | 'snapshot' | 'configure';

/** A way to a store: it can be tried. */
export interface StoreSource {
  readonly kind: StoreKind;
  readonly abilities: readonly StoreAbility[];
  start(): Promise<TestStore>;
}
