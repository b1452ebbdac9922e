import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';

/** Mechanisms that a test takes away, to see that the checker notices. */
const FLAWS = {
  /** Says that it recorded what it did not. */
  'unrecorded appends': (journal) => ({
    append: async (body, nonce) => {
      const [last] = await journal.readBackwards(Number.MAX_SAFE_INTEGER, 1);
      return { ...last, stamp: last.stamp + 1, nonce, body };
    },
  }),
  /** Always says that nothing is new. */
  'deaf tail': (journal) => {
    let head = null;
    const nothing = async (after, limit, waitMs) => {
      head ??= (await journal.read(after, 1)).head;
      await new Promise((resolve) => setTimeout(resolve, waitMs ?? 0));
      return { records: [], head };
    };
    return { read: nothing, poll: nothing };
  },
};

/** The provider of one worker, with a flaw if the plan wants one. */
export function openProvider({ redis, flaw }, logger) {
  const service = new RedisService({ ...redis, onStateChange: (line) => logger.log(line) });
  const provider = new RedisCacheProvider(service);
  if (!flaw) return provider;
  const make = FLAWS[flaw];
  return overridden(provider, {
    journal: (namespace) => {
      const journal = provider.journal(namespace);
      return overridden(journal, make(journal));
    },
  });
}

function overridden(target, methods) {
  return new Proxy(target, {
    get: (_, name) => {
      const value = methods[name] ?? target[name];
      return typeof value === 'function' && !methods[name] ? value.bind(target) : value;
    },
  });
}
