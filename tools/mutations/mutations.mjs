const LOADING = 'packages/core/src/loading';
const SERVICE = 'packages/core/src/service';
const ENGINE = ['packages/core/test', 'packages/core/src/service'];

/**
 * Mechanisms, each with the text that makes it up (exactly once in its file), what stands there without it, and the
 * suites that must notice.
 */
export const MUTATIONS = [
  {
    mechanism: 'delivery check of joiners',
    without: 'whoever joins a load gets its value, whatever was invalidated since it began',
    file: `${LOADING}/value-loader.ts`,
    find: 'if (this.#isDeliverable(flight, arrival, loaded)) {',
    replace: 'if (true) {',
    suites: ENGINE,
  },
  {
    mechanism: '`since` of a set',
    without: 'a set stores under the fence of its own time, not of the `get` before it',
    file: `${SERVICE}/entry.writer.ts`,
    find: 'since ?? read?.fence ?? fence',
    replace: 'fence',
    suites: ENGINE,
  },
  {
    mechanism: 'lease: one load in the fleet',
    without: 'nobody asks for a lease',
    file: `${LOADING}/fleet-lease.ts`,
    find: "if (!leases || !guard.isAnswering) return { kind: 'mine', held: NO_LEASE };",
    replace: "return { kind: 'mine', held: NO_LEASE };",
    suites: ENGINE,
  },
  {
    mechanism: 'lease: doomed holders are taken over',
    without: 'a load that an invalidation has made worthless is waited for',
    file: `${LOADING}/fleet-lease.ts`,
    find: 'if (this.#isDoomed(key, holder)) {',
    replace: 'if (false) {',
    suites: ENGINE,
  },
  {
    mechanism: 'lease: heartbeat',
    without: 'a long load loses its lease',
    file: `${LOADING}/fleet-lease.ts`,
    find: 'await guard.attempt(() => leases.extendLease(name, token, LEASE_MS));',
    replace: '',
    suites: ENGINE,
  },
  {
    mechanism: 'lease: shared failure',
    without: 'everyone who waited calls the failing loader too',
    file: `${LOADING}/fleet-lease.ts`,
    find: 'throw new LoadFailedElsewhere(',
    replace: 'void new LoadFailedElsewhere(',
    suites: ENGINE,
  },
  {
    mechanism: 'back-off',
    without: 'a failing loader is called again at once',
    file: `${LOADING}/load-backoff.ts`,
    find: 'this.#failures.set(key, { count, error, at: this.#clock.now(), subject, fence });',
    replace: '',
    suites: ENGINE,
  },
  {
    mechanism: 'back-off is fenced',
    without: 'failures count although an invalidation has covered the key since',
    file: `${LOADING}/load-backoff.ts`,
    find: 'return fence && this.#journal.isCovered(subject, fence) ? null : failures;',
    replace: 'return failures;',
    suites: ENGINE,
  },
  {
    mechanism: 'nothing covered by another door',
    without:
      'a kept value is served for a slow or failing loader although an invalidation covers it',
    file: `${SERVICE}/read.engine.ts`,
    find: 'if (isOver || journal.isCovered(entry.subject, entry.fence)) return null;',
    replace: 'if (isOver) return null;',
    suites: ENGINE,
  },
  {
    mechanism: 'circular waits are seen',
    without: 'two loaders that need each other’s key wait for ever',
    file: `${LOADING}/value-loader.ts`,
    find: 'if (current && this.#nested.isCircular(current)) {',
    replace: 'if (current && false) {',
    suites: ENGINE,
  },
  {
    mechanism: 'superseded loads are not stored',
    without: 'what an older load gives late overwrites what a forced one stored',
    file: `${LOADING}/load.runner.ts`,
    find: '!flight.isSuperseded &&',
    replace: '',
    suites: ENGINE,
  },
  {
    mechanism: 'hold-off',
    without: 'what was loaded while a replica may lag is stored',
    file: `${LOADING}/load.runner.ts`,
    find: '!holdOffs.covers(entry.subject);',
    replace: 'true;',
    suites: ENGINE,
  },
  {
    mechanism: 'hold-offs are taken when a load starts',
    without: 'they are looked at when it ends, when they may be over',
    file: `${LOADING}/load.runner.ts`,
    find: '!holdOffs.covers(entry.subject);',
    replace: '!journal.holdOffs().covers(entry.subject);',
    suites: ENGINE,
  },
  {
    mechanism: 'drain: close waits for loads and writes',
    without: 'it closes the store under them',
    file: `${SERVICE}/cache.runtime.ts`,
    find: 'await this.bounded(Promise.all([this.engine.close(), this.loader.settled()]));',
    replace: '',
    suites: ENGINE,
  },
  {
    mechanism: 'strong reads catch up first',
    without: 'they trust what this process has heard so far',
    file: `${SERVICE}/cache.reader.ts`,
    find: "if (consistency === 'strong') return runtime.catchUp(null);",
    replace: '',
    suites: ENGINE,
  },
  {
    mechanism: '`after` catches up first',
    without: 'a token is taken for granted',
    file: `${SERVICE}/cache.reader.ts`,
    find: 'return after === null || runtime.catchUp(after);',
    replace: 'return true;',
    suites: ENGINE,
  },
];
