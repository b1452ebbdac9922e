import { sendable } from './value-bytes.js';

describe('sendable', () => {
  it('shows the same bytes, of windows too', () => {
    const window = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect([...sendable(window)]).toEqual([2, 3]);
  });
});
