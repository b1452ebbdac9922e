const STEPS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** `850 ms`, `12 s`, `4 min 10 s`, `3 d 2 h`: two units at most. */
export function duration(ms: number): string {
  const at = STEPS.findIndex(([size]) => Math.abs(ms) >= size);
  if (at < 0) return `${Math.round(ms)} ms`;
  const [size, unit] = STEPS[at] as (typeof STEPS)[number];
  const next = STEPS[at + 1];
  const whole = Math.trunc(ms / size);
  const rest = next ? Math.trunc(Math.abs(ms % size) / next[0]) : 0;
  return next && rest > 0 ? `${whole} ${unit} ${rest} ${next[1]}` : `${whole} ${unit}`;
}

/** `512 B`, `1.5 KiB`, `3.0 MiB`. */
export function bytes(count: number): string {
  if (count < 1_024) return `${count} B`;
  const kib = count / 1_024;
  return kib < 1_024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1_024).toFixed(1)} MiB`;
}

/** What a terminal must not be sent: controls could move its cursor, colour it, or forge lines. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** `1 file`, `2 files`, `2 entries`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
