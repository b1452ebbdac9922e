/** An id as it was before it was escaped for a key; `null` for the marks of an absent one. */
export function plainId(segment: string): string | null {
  if (segment === '' || segment === '%-' || segment === '%0') return null;
  return segment.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}
