import { duration, el } from './dom.js';

/** Shows that a read after a write brings what was written. */
export class WriteCheck {
  constructor(target) {
    this.target = target;
    this.clear();
  }

  clear() {
    this.target.replaceChildren(
      el('p.muted', {}, 'Save a change: the page reads twice and compares versions.'),
    );
  }

  /**
   * Runs the write and two reads, each shown when it is done.
   * @returns {Promise<object>} the answer of the last read
   */
  async run(write, read) {
    const steps = el('ol.steps');
    this.target.replaceChildren(steps);
    const written = await write();
    const version = written.body?.version;
    steps.append(step('done', `v${version} written`, duration(written.ms)));
    const reads = [await read()];
    steps.append(readStep(version, reads[0]));
    reads.push(await read());
    steps.append(readStep(version, reads[1], 'next '));
    this.target.append(verdict(version, reads));
    return reads[1];
  }
}

const isCurrent = (version, { body }) => body?.version >= version;

function readStep(version, answer, prefix = '') {
  const current = isCurrent(version, answer);
  return step(
    current ? 'good' : 'bad',
    `v${answer.body?.version} read ${current ? '✔' : '✘'}`,
    `${prefix}${answer.cache.outcome}, ${duration(answer.ms)}`,
  );
}

function step(state, title, detail) {
  return el(`li.${state}`, {}, el('b', {}, title), el('span', {}, detail));
}

function verdict(version, reads) {
  const good = reads.every((answer) => isCurrent(version, answer));
  return el(
    `p.${good ? 'good' : 'bad'}`,
    {},
    good
      ? 'Nothing older than the write came back.'
      : `Older than v${version}: the cache served a stale value after the write.`,
  );
}
