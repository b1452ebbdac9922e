import { compileGlob } from '@vitalcache/core';

/** Segments of a name: a text, or a glob where values stand. */
export type NameShape = readonly string[];

/** Of a template of keys or tags. */
export function shapeOf(template: string): NameShape {
  return template.replace(/\{[\w$.]+\}/g, '*').split(':');
}

/** Whether a name is one that the template makes. */
export function isOfShape(name: readonly string[], shape: NameShape): boolean {
  return (
    name.length === shape.length &&
    shape.every((segment, at) => isOfSegment(name[at] as string, segment))
  );
}

/**
 * Whether a pattern may match a name of the shape. Wildcards stand for ':', too, so nothing is asked of what comes behind
 * the first; what can't be told easily counts as a match.
 */
export function mayMatch(pattern: string, shape: NameShape): boolean {
  if (/[[\\]/.test(pattern)) return true;
  const [literal = ''] = pattern.split(/[*?]/, 1);
  if (literal === pattern) return isOfShape(pattern.split(':'), shape);
  const begun = literal.split(':');
  const last = begun.length - 1;
  return (
    shape.length > last &&
    begun.every((text, at) =>
      at < last ? isOfSegment(text, shape[at] as string) : mayBegin(text, shape[at] as string),
    )
  );
}

function isOfSegment(text: string, segment: string): boolean {
  if (!segment.includes('*')) return text === segment;
  return segment === '*' || compileGlob(segment)(text);
}

function mayBegin(beginning: string, segment: string): boolean {
  const [literal = ''] = segment.split('*', 1);
  return literal.startsWith(beginning) || (segment.includes('*') && beginning.startsWith(literal));
}
