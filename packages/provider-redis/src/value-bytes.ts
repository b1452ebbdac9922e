/** The bytes as the client takes them; shares memory with `value`. */
export function sendable(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
