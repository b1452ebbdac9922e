/** A number with three digits that mean something, and a thin space between thousands. */
export function shortNumber(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(Math.min(digits, 4));
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  const rest = fraction?.replace(/0+$/, '');
  return rest ? `${grouped}.${rest}` : grouped;
}

/** How many times as good. */
export const times = (ratio: number): string => `${shortNumber(ratio)} ×`;
