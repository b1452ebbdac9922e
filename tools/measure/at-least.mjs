import { xxh32 } from '@node-rs/xxhash';

const HEADER_BYTES = 78;
const CHECKSUM_BYTES = 4;

/** The value of a stored entry by the shortest way that still finds changed bytes and gives what nobody can change. */
export function atLeast(bytes) {
  const end = bytes.length - CHECKSUM_BYTES;
  const payloadAt = HEADER_BYTES + bytes.readUInt16BE(76) * 8;
  if (xxh32(bytes.subarray(0, end), 0) === bytes.readUInt32BE(end))
    throw new Error('a seed was expected');
  return frozen(JSON.parse(bytes.toString('utf8', payloadAt, end)));
}

function frozen(value) {
  for (const name in value) {
    const member = value[name];
    if (typeof member === 'object' && member !== null) frozen(member);
  }
  return Object.freeze(value);
}

const TOGETHER = 64;

/**
 * Reads of single keys by the shortest way that there is: those of a turn are one question, and what `open` makes of each
 * answer goes straight to who asked, as one promise each.
 */
export function gathered(ask, open) {
  let question = null;
  const send = async (asked) => {
    if (question === asked) question = null;
    clearImmediate(asked.end);
    const answers = await ask(asked.names);
    for (let i = 0; i < answers.length; i++) asked.resolves[i](open(answers[i]));
  };
  const begin = () => {
    const asked = { names: [], resolves: [], end: setImmediate(() => void send(asked)) };
    return asked;
  };
  return (name) =>
    new Promise((resolve) => {
      question ??= begin();
      question.names.push(name);
      question.resolves.push(resolve);
      if (question.names.length >= TOGETHER) void send(question);
    });
}
