import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';

/** Mechanisms that a test takes away, to see that the checker notices: methods of the journal in their place. */
const FLAWS = {
  'appends that are not recorded': (journal) => ({
    append: async (body, nonce) => {
      const [last] = await journal.readBackwards(Number.MAX_SAFE_INTEGER, 1);
      return { ...last, stamp: last.stamp + 1, nonce, body };
    },
  }),
  'a reader that hears nothing new': (journal) => {
    const nothing = async (after, limit, waitMs = 0) => {
      const { records, head } = await journal.read(after - 1, 1);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      return { records: [], head: { ...head, record: records[0] } };
    };
    return { read: nothing, poll: nothing };
  },
};

/** The provider of one worker, and a switch for its flaw. */
export function openProvider({ redis, flaw }, logger) {
  const service = new RedisService({ ...redis, onStateChange: (line) => logger.log(line) });
  const provider = new RedisCacheProvider(service);
  let isFlawed = false;
  const journalOf = (namespace) => {
    const journal = provider.journal(namespace);
    const flawed = overridden(journal, FLAWS[flaw](journal));
    const either = (name) => [name, (...args) => (isFlawed ? flawed : journal)[name](...args)];
    return overridden(journal, Object.fromEntries(['append', 'read', 'poll'].map(either)));
  };
  return {
    provider: flaw ? overridden(provider, { journal: journalOf }) : provider,
    setFlawed: (isOn) => (isFlawed = isOn),
  };
}

function overridden(target, methods) {
  return new Proxy(target, {
    get: (_, name) => {
      const value = methods[name] ?? target[name];
      return typeof value === 'function' && !methods[name] ? value.bind(target) : value;
    },
  });
}
