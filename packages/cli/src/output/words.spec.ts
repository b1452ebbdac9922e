import { tableLines } from './table.js';
import { bytes, count, duration, printable } from './words.js';

describe('words', () => {
  it.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [12_000, '12 s'],
    [250_000, '4 min 10 s'],
    [3_600_000, '1 h'],
    [266_400_000, '3 d 2 h'],
    [-90_000, '-1 min 30 s'],
  ])('says %d ms as %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  it.each([
    [512, '512 B'],
    [1_536, '1.5 KiB'],
    [3 * 2 ** 20, '3.0 MiB'],
  ])('says %d bytes as %s', (number, words) => {
    expect(bytes(number)).toBe(words);
  });

  it('sends a terminal nothing that controls it', () => {
    expect(printable('a\u001b[31m\r\nb\u202e\u2028ö')).toBe(
      'a\\u001b[31m\\u000d\\u000ab\\u202e\\u2028ö',
    );
  });

  it('counts in words', () => {
    expect([count(1, 'file'), count(2, 'file')]).toEqual(['1 file', '2 files']);
  });

  it('aligns a table, numbers to the right', () => {
    expect(
      tableLines(
        ['kind', 'entries'],
        [
          ['records', 12],
          ['a', null],
          ['lab', 1_234],
        ],
      ),
    ).toEqual(['kind     entries', 'records       12', 'a              -', 'lab        1 234']);
  });
});
