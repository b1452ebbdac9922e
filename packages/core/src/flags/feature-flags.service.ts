import { systemClock, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import {
  assertSetting,
  RUNTIME_DEFAULTS,
  type RuntimeSettings,
  type SettingName,
} from './runtime-settings.js';
import {
  applyChange,
  assertChange,
  changesBetween,
  type SettingChanged,
  type SettingsChange,
} from './settings-change.js';
import { NO_SETTINGS, type SettingsDocument } from './settings-document.js';
import { SettingsStore } from './settings.store.js';

const MAX_ATTEMPTS = 10;
const MAX_RETRY_MS = 60_000;

export interface FeatureFlagsOptions {
  readonly provider: ICacheProvider;
  /** Name of the record in the store. */
  readonly name: string;
  /** What code and environment say. Default: {@link RUNTIME_DEFAULTS}. */
  readonly initial?: Partial<RuntimeSettings>;
  readonly errors: CacheErrorHandler;
  readonly clock?: Clock;
  /** How long one answer of the store, or one announcement, is waited for. Default: 2 000. */
  readonly deadlineMs?: number;
  /** Tells all processes that something changed; resolves with whether they will hear of it. */
  readonly announce?: () => Promise<boolean>;
  /**
   * Calls the listener whenever something may have changed: an announcement, and every time that announcements may have
   * been missed (resync, new epoch). Returns what ends that.
   */
  readonly subscribe?: (listener: () => void) => () => void;
}

/** What became of a change. */
export interface SettingsResult {
  readonly changes: readonly SettingChanged[];
  /** False when other processes hear of it only when they read the settings next: at their start, at the latest. */
  readonly announced: boolean;
}

/**
 * Switches and values that can be changed while the cache runs, for everything or for one template, in all processes:
 * one record in the store, read at start and whenever somebody announces a change. Without the store, with a record that
 * can't be read or that a later release wrote, everything stays as it is.
 */
export class FeatureFlagsService {
  readonly #options: FeatureFlagsOptions;
  readonly #initial: RuntimeSettings;
  readonly #clock: Clock;
  readonly #store: SettingsStore;
  readonly #listeners = new Set<(change: SettingChanged) => void>();
  readonly #closed = new AbortController();
  #document: SettingsDocument = NO_SETTINGS;
  /** Whether the store has ever had a record; nobody removes it. */
  #hasRecord = false;
  #isUnreachable = false;
  #values: RuntimeSettings;
  /** Answers most questions: nothing is switched off. */
  #isAllOn: boolean;
  #unsubscribe: () => void = () => undefined;
  /** One thing at a time, in order: an older answer must not overwrite a newer one. */
  #last: Promise<unknown> = Promise.resolve();
  #nextRead: Promise<void> | null = null;
  #retrying: Promise<void> | null = null;

  /** @throws CacheError `OPTION_INVALID` for an initial value that is out of range */
  constructor(options: FeatureFlagsOptions) {
    for (const [name, value] of Object.entries(options.initial ?? {})) assertSetting(name, value);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { provider, name, deadlineMs = 2_000 } = options;
    this.#store = new SettingsStore(provider, name, this.#clock, deadlineMs);
    this.#initial = Object.freeze({ ...RUNTIME_DEFAULTS, ...options.initial });
    this.#values = this.#initial;
    this.#isAllOn = this.#values.enabled;
  }

  /** What is in force now. */
  get values(): RuntimeSettings {
    return this.#values;
  }

  /** What was changed at run time, for all to see. */
  get changed(): Pick<SettingsDocument, 'values' | 'templates'> {
    return this.#document;
  }

  /** Whether to cache at all, and this template if one is named. Asked on every read. */
  isEnabled(template?: string): boolean {
    if (this.#isAllOn) return true;
    if (!this.#values.enabled) return false;
    return template === undefined || (this.#document.templates.get(template) ?? true);
  }

  /** Reads the settings and goes on listening for changes. Never rejects; what can't be read now is tried again. */
  async start(): Promise<void> {
    this.#unsubscribe = this.#options.subscribe?.(() => void this.reload()) ?? (() => undefined);
    await this.reload();
  }

  /** Reads the settings anew, within the deadline. Never rejects. */
  reload(): Promise<void> {
    if (this.#closed.signal.aborted) return Promise.resolve();
    // One that has not begun reads late enough for everybody who asks now.
    this.#nextRead ??= this.#inTurn(() => {
      this.#nextRead = null;
      return this.#read();
    });
    return this.#nextRead;
  }

  /** @throws CacheError as {@link change} */
  set<K extends SettingName>(name: K, value: RuntimeSettings[K]): Promise<SettingsResult> {
    return this.change({ values: { [name]: value } });
  }

  /** The setting returns to what code and environment say. @throws CacheError as {@link change} */
  remove(name: SettingName): Promise<SettingsResult> {
    return this.change({ values: { [name]: null } });
  }

  /** Switches one template on or off; `null` forgets it. @throws CacheError as {@link change} */
  setTemplate(
    template: string,
    said: { readonly enabled: boolean } | null,
  ): Promise<SettingsResult> {
    return this.change({ templates: { [template]: said } });
  }

  /**
   * Changes all of it or nothing, here at once and elsewhere as announcements arrive. After a `STORE_TIMEOUT` the change
   * may still take effect.
   * @throws CacheError `OPTION_INVALID`; `CONFIG_INVALID` when a later release wrote the settings; `STORE_UNAVAILABLE`,
   * `STORE_TIMEOUT`, `STORE_REFUSED`; `CLOSED`
   */
  async change(change: SettingsChange): Promise<SettingsResult> {
    assertChange(change);
    if (this.#closed.signal.aborted) {
      throw new CacheError('CLOSED', 'The cache is closed; its settings can be changed elsewhere.');
    }
    return this.#inTurn(() => this.#write(change));
  }

  /** Tells `listener` of every change from now on, whoever made it. Returns what ends that. */
  onChange(listener: (change: SettingChanged) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Listens no more, and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#unsubscribe();
    await this.#last;
    await this.#retrying;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined); // whoever asked for it hears of it
    return done;
  }

  async #read(): Promise<void> {
    const { errors } = this.#options;
    try {
      const { bytes, found } = await this.#store.read();
      this.#isUnreachable = false;
      if (typeof found === 'string') {
        const unusable = new CacheError('VALUE_INVALID', `They are ${found}.`);
        errors.note('settings-failed', unusable);
        errors.begin('settings-unread', unusable);
        return;
      }
      errors.end('settings-unread');
      // A store that was emptied gets back what is in force: its restart must not undo a kill switch.
      if (bytes === null && this.#hasRecord) await this.#store.write(this.#document, null);
      else this.#apply(found, bytes !== null, false);
    } catch (error) {
      this.#isUnreachable = true;
      errors.note('settings-failed', error); // no line of its own: the store being down has one
      this.#retrying ??= this.#retry().finally(() => (this.#retrying = null));
    }
  }

  /** An announcement that came while the store was away must not be lost: it may have been the kill switch. */
  async #retry(): Promise<void> {
    const { signal } = this.#closed;
    for (let ms = 1_000; !signal.aborted; ms = Math.min(ms * 2, MAX_RETRY_MS)) {
      await this.#clock.sleep(ms, signal, 'background');
      if (signal.aborted || !this.#isUnreachable) return;
      await this.reload();
    }
  }

  async #write(change: SettingsChange): Promise<SettingsResult> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { bytes, found } = await this.#store.read();
      if (found === 'newer') {
        throw new CacheError(
          'CONFIG_INVALID',
          'The settings in the store were written by a later release; change them there.',
        );
      }
      // A record that nobody can read, or that got lost, is replaced by what is in force here.
      const isLost = found === 'corrupt' || (bytes === null && this.#hasRecord);
      const next = applyChange(isLost ? this.#document : found, change);
      if (!(await this.#store.write(next, bytes))) continue;
      const changes = this.#apply(next, true, true);
      return { changes, announced: await this.#announce() };
    }
    throw new CacheError(
      'STORE_REFUSED',
      `The settings were changed elsewhere ${MAX_ATTEMPTS} times in a row; try again.`,
    );
  }

  async #announce(): Promise<boolean> {
    const { announce, errors } = this.#options;
    if (!announce) return false;
    return errors.guard(
      'settings-failed',
      () => this.#store.inTime(announce),
      () => false,
    );
  }

  #apply(document: SettingsDocument, isRecord: boolean, isOwn: boolean): readonly SettingChanged[] {
    this.#hasRecord = isRecord;
    const before = { values: this.#values, templates: this.#document.templates };
    this.#document = document;
    this.#values = Object.freeze({ ...this.#initial, ...document.values });
    this.#isAllOn = this.#values.enabled && ![...document.templates.values()].includes(false);
    const after = { values: this.#values, templates: document.templates };
    const changes = changesBetween(before, after, isOwn);
    for (const change of changes) {
      for (const listener of this.#listeners) this.#tell(listener, change);
    }
    return changes;
  }

  #tell(listener: (change: SettingChanged) => void, change: SettingChanged): void {
    try {
      const told: unknown = listener(change);
      if (told instanceof Promise) {
        told.catch((error: unknown) => this.#options.errors.note('listener-failed', error));
      }
    } catch (error) {
      this.#options.errors.note('listener-failed', error);
    }
  }
}
