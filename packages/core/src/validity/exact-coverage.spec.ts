import fc from 'fast-check';

import type { Coverage } from '../journal/journal-record.js';
import { coverHashes, subjectOf, type CoverKind } from './cover-hash.js';
import { CoverageLedger } from './coverage-ledger.js';
import { covers } from './exact-coverage.js';

const NO_TAGS = new Uint32Array();
const hashes = (kind: CoverKind, ...texts: string[]): Coverage => ({
  kind: 'hashes',
  hashes: coverHashes(kind, texts),
});

describe('covers', () => {
  const entry = subjectOf('users:7:profile', coverHashes('tag', ['team-a', 'team-b']));

  it.each<[string, Coverage, boolean]>([
    ['its key', hashes('key', 'users:7:profile'), true],
    ['another key', hashes('key', 'users:8:profile'), false],
    ['a prefix', hashes('prefix', 'x:', 'users:7:'), true],
    ['the same text as a tag', hashes('tag', 'users:7:'), false],
    ['one of its tags', hashes('tag', 'team-x', 'team-b'), true],
    ['a glob that matches', { kind: 'glob', pattern: 'users:?:pro*' }, true],
    ['a glob that does not', { kind: 'glob', pattern: 'users:?' }, false],
    ['everything', { kind: 'clear' }, true],
    ['what it does not know', { kind: 'unknown' }, true],
  ])('%s', (_, coverage, expected) => {
    expect(covers(coverage, entry)).toBe(expected);
  });

  it('covers a variant through its base key', () => {
    expect(covers(hashes('key', 'a:b'), subjectOf('a:b\u001fde', NO_TAGS))).toBe(true);
  });

  it('never spares what the sketch does not cover, and never covers what it spares', () => {
    const word = fc.constantFrom('a', 'b', 'a:b', 'a:b:c', 'b:c');
    const kind = fc.constantFrom<CoverKind>('key', 'prefix', 'tag');
    const property = fc.property(word, kind, fc.array(word, { maxLength: 4 }), (key, of, texts) => {
      const ledger = new CoverageLedger(2 ** 20);
      const coverage = hashes(of, ...texts);
      ledger.raise(coverage, 1);
      const subject = subjectOf(key, coverHashes('tag', ['a']));
      expect(covers(coverage, subject)).toBe(ledger.covers(subject, 0));
    });
    fc.assert(property);
  });
});
