import { BaseCacheStrategy } from '@vitalcache/core';

/** Serves what is stale and refreshes it, as `@vitalcache/swr` does: what is covered must not get through that door. */
export class StaleServingStrategy extends BaseCacheStrategy {
  name = 'swr'; // the name that makes half of the ttl a stale window
  #running = new Set();

  when({ ttlMs }) {
    return ttlMs > 0;
  }

  async close() {
    await Promise.all(this.#running);
  }

  serve(found, request, engine) {
    const { expiresAt, staleAt } = found.entry;
    if (expiresAt <= engine.now()) return null;
    if (staleAt > engine.now()) return engine.answer(found, 'hit');
    if (engine.refreshRefusal(request.key) === null) {
      const refresh = engine
        .refresh(request, found)
        .catch(() => undefined)
        .finally(() => this.#running.delete(refresh));
      this.#running.add(refresh);
    }
    return engine.answer(found, 'stale');
  }
}
