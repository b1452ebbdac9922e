import { el } from './dom.js';

/** Draws the receipt of a deletion, with the file to keep. */
export function drawReceipt(target, { name, rowsDeleted, receipt }) {
  const text = `${JSON.stringify(receipt, null, 2)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  target.replaceChildren(
    el('h2', {}, `The data of ${name} are deleted`),
    el(
      'ul.facts',
      {},
      facts(rowsDeleted, receipt).map(([what, how]) =>
        el('li', {}, el('b', {}, what), el('span', {}, how)),
      ),
    ),
    el(
      'p.muted',
      {},
      'The receipt is signed. It names nobody: patient and tenant stand in it as pseudonyms.',
    ),
    el(
      'div.receipt-actions',
      {},
      el(
        'a.button.primary',
        { href: url, download: `erasure-${receipt.id}.json` },
        'Download the receipt',
      ),
      el('details', {}, el('summary', {}, 'Show it'), el('pre.scroll', {}, text)),
    ),
  );
}

function facts(rowsDeleted, { removed, keys, stamp, keyId, audit, at }) {
  return [
    [
      'Database',
      rowsDeleted ? 'The patient and all that belonged to them' : 'Nothing was left there',
    ],
    [
      'Cache',
      removed === null
        ? 'Invalid everywhere'
        : `${count(removed, 'entry', 'entries')} removed, all others of theirs invalid everywhere`,
    ],
    [
      'Keys',
      keys.shredded
        ? `${count(keys.destroyedKeyIds.length, 'key', 'keys')} destroyed: old copies can’t be read any more`
        : 'Old copies can be read until their keys expire',
    ],
    ['On record', audit ? `Entry ${audit.seq} of the audit log` : 'In the audit log'],
    [
      'Signed',
      `${new Date(at).toLocaleString()} with ${keyId}${stamp === null ? '' : `, position ${stamp}`}`,
    ],
  ];
}

function count(number, one, several) {
  return `${number} ${number === 1 ? one : several}`;
}
