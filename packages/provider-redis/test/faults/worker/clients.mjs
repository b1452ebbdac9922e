import { setTimeout as sleep } from 'node:timers/promises';

import { nowNs } from './notebook.mjs';
import { isOfSource, Source } from './source.mjs';
import { Subjects } from './subjects.mjs';

/** Callers that work a cache without end, and note all they see. */
export class Clients {
  #cache;
  #notebook;
  #plan;
  #subjects;
  #source;
  #isRunning = false;
  #running = [];
  #made = 0;
  #toldAtNs = 0;
  /** The last token that another process told of. */
  #token = null;
  #weighted;

  constructor(cache, notebook, plan) {
    this.#cache = cache;
    this.#notebook = notebook;
    this.#plan = plan;
    this.#subjects = new Subjects(plan.load.keys);
    this.#source = new Source(plan.load);
    const actions = {
      eventual: () => this.#read('eventual'),
      strong: () => this.#read('strong'),
      after: () => this.#read(this.#token ? 'after' : 'eventual'),
      get: () => this.#get(),
      batch: () => this.#batch(),
      invalidate: () => this.#invalidate(),
      set: () => this.#set(),
    };
    this.#weighted = Object.entries(plan.load.mix).flatMap(([name, weight]) =>
      Array(weight).fill(actions[name]),
    );
  }

  learn(token) {
    this.#token = token;
  }

  run() {
    this.#isRunning = true;
    const { clients } = this.#plan.load;
    this.#running = Array.from({ length: clients }, () => this.#work());
  }

  async stop() {
    this.#isRunning = false;
    await Promise.all(this.#running);
  }

  async #work() {
    const { thinkMs } = this.#plan.load;
    while (this.#isRunning) {
      await this.#weighted[Math.floor(Math.random() * this.#weighted.length)]();
      await sleep(Math.random() * 2 * thinkMs);
    }
  }

  async #read(how) {
    const key = this.#subjects.key();
    const told = how === 'after' ? this.#token : null;
    const options = {
      ...this.#source.options(this.#subjects.tagsOf(key)),
      ...(how === 'strong' && { consistency: 'strong' }),
      ...(told && { after: told.token }),
    };
    await this.#attempt(`a read (${how})`, 'readMs', async () => {
      const startedAtNs = nowNs();
      const answer = await this.#cache.read(key, () => this.#source.load(key), options);
      const { value, outcome, tier } = answer;
      this.#see(key, value, { how, startedAtNs, outcome, tier, ...(told && { after: told.id }) });
    });
  }

  async #get() {
    const key = this.#subjects.key();
    await this.#attempt('a get', 'readMs', async () => {
      const startedAtNs = nowNs();
      this.#see(key, await this.#cache.get(key), { how: 'eventual', startedAtNs });
    });
  }

  async #batch() {
    const keys = this.#subjects.keys(6);
    const many = (missing) => Promise.all(missing.map((key) => this.#source.load(key)));
    const options = this.#source.options((value) => this.#subjects.tagsOf(value.key));
    const isLoading = Math.random() < 0.5;
    await this.#attempt('a batch of reads', 'readMs', async () => {
      const startedAtNs = nowNs();
      const values = isLoading
        ? await this.#cache.cacheMany(keys, many, options)
        : await this.#cache.batchGet(keys);
      for (const [n, key] of keys.entries()) {
        this.#see(key, values[n], { how: 'eventual', startedAtNs });
      }
    });
  }

  async #invalidate() {
    const covers = this.#subjects.coverage();
    await this.#record(covers, () => this.#invalidateBy(covers));
  }

  #invalidateBy(covers) {
    const cache = this.#cache;
    if (covers.kind === 'tag') return cache.invalidateCacheByTag(covers.tag);
    if (covers.kind === 'pattern') return cache.invalidateCacheByPattern(covers.pattern);
    if (covers.kind === 'all') return cache.clear();
    const [key, ...others] = covers.keys;
    if (others.length === 0) return cache.invalidateCache(key);
    return cache.batchDelete(covers.keys).then(
      () => ({ recorded: true, stamp: undefined }),
      (error) => {
        if (error?.code !== 'NOT_RECORDED') throw error;
        return { recorded: false };
      },
    );
  }

  async #set() {
    const key = this.#subjects.key();
    await this.#record({ kind: 'keys', keys: [key] }, (lookedAtNs) =>
      this.#cache.set(key, { key, lookedAtNs }, this.#source.options(this.#subjects.tagsOf(key))),
    );
  }

  async #record(covers, call) {
    const id = `w${this.#plan.worker}-${++this.#made}`;
    await this.#attempt(`an invalidation (${covers.kind})`, 'invalidationMs', async () => {
      const writtenAtNs = nowNs();
      const startedAtNs = writtenAtNs;
      const { recorded, stamp } = await call(writtenAtNs);
      const endedAtNs = nowNs();
      const event = { type: 'invalidation', id, covers, writtenAtNs, startedAtNs, endedAtNs };
      this.#notebook.note({ ...event, recorded });
      if (recorded && stamp !== undefined) this.#tell(id, stamp);
    });
  }

  /** Lets others read after this, now and then. */
  #tell(id, stamp) {
    if (nowNs() - this.#toldAtNs < 20_000_000) return;
    this.#toldAtNs = nowNs();
    const token = this.#cache.tokenOf(stamp);
    if (token !== null && process.connected) process.send({ token: { id, token } });
  }

  #see(key, value, event) {
    const endedAtNs = nowNs();
    const { startedAtNs } = event;
    if (value === null) return this.#notebook.note({ type: 'empty', startedAtNs, endedAtNs });
    const tags = this.#subjects.tagsOf(key);
    const seen = { key: value.key, lookedAtNs: value.lookedAtNs };
    this.#notebook.note({ type: 'read', key, tags, endedAtNs, ...event, value: seen });
  }

  async #attempt(what, bound, call) {
    try {
      await this.#notebook.watched(what, this.#plan.boundsMs[bound], call);
    } catch (error) {
      if (!isOfSource(error))
        this.#notebook.trouble('rejected', `${what}: ${error?.stack ?? error}`);
    }
  }
}
