import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Empties the heap of what nobody needs, so that no measurement clears away what another left. */
export const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of the heap and of buffers, of what is still needed. */
export function liveBytes(): number {
  for (let i = 0; i < 2; i++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
