import { el, span } from './dom.js';

/**
 * Where the entry behind an answer is in its life: fresh, stale but still served, or gone.
 *
 * `Age` plus the time to live of `Cache-Status` is the fresh window. The stale window is that of
 * `Cache-Control: stale-while-revalidate`; unsaid, its end is left open.
 */
export class Gauge {
  /** The fresh window of each path, because a miss does not tell it. */
  windows = new Map();
  current = null;

  constructor(target) {
    this.target = target;
  }

  show(path, { cache, at }) {
    const age = cache.age ?? 0;
    const told = cache.ttl === null ? null : age + cache.ttl;
    if (told !== null && told > 0) this.windows.set(path, { fresh: told, stale: cache.staleFor });
    const window = this.windows.get(path);
    this.current = cache.outcome === 'bypass' || !window ? null : { age, at, ...window };
    this.draw();
  }

  /** Forgets the entry, as after a write. */
  clear() {
    this.current = null;
    this.draw();
  }

  draw() {
    if (this.current === null) {
      this.target.replaceChildren(
        el('p.muted', {}, 'The life of the entry is known from the next hit on.'),
      );
      return;
    }
    const { fresh, age, at } = this.current;
    // An open end is drawn as long as the fresh window, and longer once the entry has outlived that.
    const isOpen = this.current.stale === null;
    const now = age + (performance.now() - at) / 1000;
    const stale = isOpen ? Math.max(fresh, (now - fresh) * 1.25) : this.current.stale;
    const percent = (seconds) => `${Math.min(100, (100 * seconds) / (fresh + stale))}%`;
    const phase = now < fresh ? 'fresh' : now < fresh + stale ? 'stale' : 'gone';
    this.target.replaceChildren(
      el(
        'div.track',
        { '--fresh': percent(fresh), '--now': percent(now), 'aria-hidden': 'true' },
        el('i.zone.fresh'),
        el('i.zone.stale'),
        el(`i.needle.${phase}`),
      ),
      el(
        'div.scale',
        { '--fresh': percent(fresh), 'aria-hidden': 'true' },
        el('span', {}, '0'),
        el('span', {}, span(fresh)),
        el('span', {}, isOpen ? 'time to live' : span(fresh + stale)),
      ),
      el('p', {}, sentence(phase, now, fresh, isOpen ? null : fresh + stale)),
    );
  }
}

function sentence(phase, now, fresh, end) {
  if (phase === 'fresh') return `${span(now)} old: fresh for another ${span(fresh - now)}.`;
  if (phase === 'stale')
    return `${span(now)} old: the next read gets it at once and refreshes it.${end === null ? '' : ` Gone in ${span(end - now)}.`}`;
  return `${span(now)} old: gone, the next read asks the database.`;
}
