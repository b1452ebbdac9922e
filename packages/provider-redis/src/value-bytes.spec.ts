import { ownBytes, sendable } from './value-bytes.js';

describe('ownBytes', () => {
  it('copies a small part of a chunk, so that the chunk can go', () => {
    const chunk = new Uint8Array(65_536);
    const reply = Buffer.from(chunk.buffer, 100, 10);
    expect(ownBytes(reply).buffer.byteLength).toBe(10);
  });

  it('takes over what is most of its chunk', () => {
    const chunk = new Uint8Array(65_536);
    const reply = Buffer.from(chunk.buffer, 10, 60_000);
    expect(ownBytes(reply).buffer).toBe(chunk.buffer);
  });

  it('gives plain arrays, whose slice copies', () => {
    const own = ownBytes(Buffer.from('text'));
    expect(own).not.toBeInstanceOf(Buffer);
    expect(own.slice(0, 1).buffer).not.toBe(own.buffer);
  });
});

describe('sendable', () => {
  it('shows the same bytes, of windows too', () => {
    const window = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect([...sendable(window)]).toEqual([2, 3]);
  });
});
