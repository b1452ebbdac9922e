import { el, svg } from './dom.js';

const SEGMENTS = ['hit', 'stale', 'miss'];
// A circle of this radius measures 100 around, so lengths on it are per cent.
const RADIUS = 100 / (2 * Math.PI);

/** Draws the hit rate as a ring with a part for each outcome, and the counts beside it. */
export function drawRing(target, log) {
  const total = SEGMENTS.reduce((sum, outcome) => sum + log.counts[outcome], 0);
  const text = log.hitRate === null ? '–' : `${Math.round(log.hitRate * 100)} %`;
  let start = 0;
  const arcs = SEGMENTS.map((outcome) => {
    const share = total === 0 ? 0 : (100 * log.counts[outcome]) / total;
    const arc = circle(outcome, {
      'stroke-dasharray': `${share} ${100 - share}`,
      'stroke-dashoffset': String(25 - start),
    });
    start += share;
    return arc;
  });
  target.replaceChildren(
    svg(
      'svg',
      { viewBox: '0 0 40 40', role: 'img', 'aria-label': `Hit rate ${text}` },
      circle('track', {}),
      ...arcs,
      label(text),
    ),
    el(
      'dl',
      {},
      [...SEGMENTS, ...rare(log)].flatMap((outcome) => [
        el('dt', {}, el(`i.mark.${outcome}`), outcome),
        el('dd', {}, String(log.counts[outcome])),
      ]),
    ),
  );
}

function circle(name, attributes) {
  return svg('circle', {
    class: name,
    cx: '20',
    cy: '20',
    r: String(RADIUS),
    fill: 'none',
    ...attributes,
  });
}

function label(text) {
  const element = svg('text', {
    x: '20',
    y: '20',
    'text-anchor': 'middle',
    'dominant-baseline': 'central',
  });
  element.textContent = text;
  return element;
}

function rare(log) {
  return ['bypass', 'unknown'].filter((outcome) => log.counts[outcome] > 0);
}
