import { duration, el, span } from './dom.js';

const SENTENCES = {
  hit: 'From the cache. The database was not asked.',
  stale: 'From the cache, past its fresh time. It is being refreshed in the background.',
  miss: 'Not in the cache: loaded from the database.',
  bypass: 'The cache was left out of this read.',
  unknown: 'The answer does not say where it came from.',
};

/** The outcome of a read in one word, with its age and latency and what it means. */
export function drawBadge(target, { cache, ms }) {
  const facts = [
    ['latency', duration(ms)],
    ['age', cache.age === null ? '–' : span(cache.age)],
    ['tier', cache.detail === '' || cache.detail === 'stale' ? '–' : cache.detail],
  ];
  target.replaceChildren(
    el(
      `strong.word.${cache.outcome}`,
      {},
      el(`i.mark.${cache.outcome}`),
      cache.outcome.toUpperCase(),
    ),
    el(
      'dl',
      {},
      facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
    ),
    el(
      'p',
      {},
      cache.shared
        ? `${SENTENCES[cache.outcome]} It shared the load of another read.`
        : SENTENCES[cache.outcome],
    ),
  );
}

/** The same in a line, for places beside a title. */
export function smallBadge({ cache, ms }) {
  return el(
    `span.chip.${cache.outcome}`,
    {},
    el(`i.mark.${cache.outcome}`),
    `${cache.outcome}, ${duration(ms)}`,
  );
}
