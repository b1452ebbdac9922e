import { UtcText } from './utc-text.js';

describe(UtcText, () => {
  it('writes every time as Date does, in whatever order they come', () => {
    const utc = new UtcText();
    const start = Date.UTC(2026, 11, 31, 23, 59, 59);
    for (const ms of [0, 7, 42, 999, 1_000, 999, 1_001.7, -1, 86_400_000]) {
      expect(utc.of(start + ms)).toBe(new Date(start + ms).toISOString());
    }
  });
});
