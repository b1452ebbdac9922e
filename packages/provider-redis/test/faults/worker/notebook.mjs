const FLUSH_MS = 200;
const TICK_MS = 50;
/** More than this between two ticks is a process that was stopped or starved: calls are not to blame. */
const LONGEST_TICK_MS = 250;
const MAX_LINES = 40;

/** CLOCK_MONOTONIC: the same for all processes of the machine. */
export const nowNs = () => Number(process.hrtime.bigint());

/** What this process sees, handed to the parent in chunks; and a watch over calls that don't end. */
export class Notebook {
  /** The cache's log, the first lines of it. */
  lines = [];
  /** The longest that this process was stopped or starved, milliseconds. */
  starvedMs = 0;
  #plan;
  #events = [];
  #open = new Set();
  /** Time that this process could use, milliseconds. */
  #awakeMs = 0;
  #tickedAtMs = performance.now();

  constructor(plan) {
    this.#plan = plan;
    setInterval(() => this.flush(), FLUSH_MS).unref();
    setInterval(() => this.#watch(), TICK_MS).unref();
  }

  note(event) {
    this.#events.push({ worker: this.#plan.worker, ...event });
  }

  trouble(kind, text) {
    this.note({ type: 'trouble', kind, atNs: nowNs(), text });
  }

  log(level, line) {
    if (this.lines.length < MAX_LINES) this.lines.push(`${level}: ${line}`);
  }

  /** Watches over a call, and tells if it takes longer than it may. */
  async watched(what, boundMs, call) {
    const open = { what, boundMs, sinceMs: this.#awakeMs };
    this.#open.add(open);
    try {
      return await call();
    } finally {
      this.#open.delete(open);
    }
  }

  flush() {
    if (this.#events.length === 0 || !process.connected) return;
    process.send({ events: this.#events });
    this.#events = [];
  }

  #watch() {
    const nowMs = performance.now();
    this.starvedMs = Math.max(this.starvedMs, nowMs - this.#tickedAtMs - TICK_MS);
    this.#awakeMs += Math.min(nowMs - this.#tickedAtMs, LONGEST_TICK_MS);
    this.#tickedAtMs = nowMs;
    for (const open of this.#open) {
      if (this.#awakeMs - open.sinceMs <= open.boundMs) continue;
      this.#open.delete(open);
      this.trouble('hang', `${open.what} has not ended within ${open.boundMs} ms`);
    }
  }
}
