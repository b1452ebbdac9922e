import { findMatches, listFiles } from './files.mjs';

// Put together from pieces, so that this file passes its own check.
const law = ['HI', 'PAA'].join('');
const rules = [
  [
    new RegExp(`${law}(?:[\\s*_\`\\-\\u2010\\u2011]|&nbsp;)+compliant`, 'gi'),
    'say "provides mechanisms for ..." and what remains the deployer\'s',
  ],
  [new RegExp(`\\b${2 * 13}(?:x\\b|\\u00d7)`, 'gi'), 'a claim of others about large machines'],
];

/** Refuses claims that this project does not make. */
export function checkWording(root) {
  const paths = listFiles(root).filter((path) => path !== 'package-lock.json');
  return { problems: findMatches(root, paths, rules), notes: [] };
}
