/** The element with that id, which the page is known to have. */
export const byId = (id) => document.getElementById(id);

/**
 * Makes an element. Text is set as text, never as markup: names come from the database.
 * @param {string} tag with classes, such as `li.person.current`
 */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) setAttribute(element, key, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an SVG element. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) setAttribute(element, key, value);
  element.append(...children);
  return element;
}

function setAttribute(element, key, value) {
  if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
  // Custom properties go through the style object: a strict content policy refuses style attributes.
  else if (key.startsWith('--')) element.style.setProperty(key, value);
  else if (value !== false && value !== null && value !== undefined)
    element.setAttribute(key, value === true ? '' : value);
}

/** 0.8 ms, 5.4 ms, 54 ms, 1.2 s */
export function duration(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** 12 s, 3 min, 1 h 5 min */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

/** A calendar day or an instant as a day of the clinic. */
export function dayText(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? String(iso) : DAY.format(date);
}
