/** The bytes as the client takes them; shares memory with `value`. */
export function sendable(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/**
 * A reply as an array of its own. Replies are windows on the chunk that came off the wire: a small one that is kept
 * would hold the whole chunk, so it is copied.
 */
export function ownBytes(reply: Buffer): Uint8Array {
  const isMostOfIt = reply.byteLength * 2 > reply.buffer.byteLength;
  return isMostOfIt
    ? new Uint8Array(reply.buffer, reply.byteOffset, reply.byteLength)
    : new Uint8Array(reply);
}
