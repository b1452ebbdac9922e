import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems give to outgoing connections, so that none of those takes a port that a killed server left. */
const FIRST = 12_000;
const COUNT = 8_000;
/** Nodes of a cluster talk to each other on a port that is so much higher. */
const BUS = 10_000;
const MAX_TRIES = 1_000;

/**
 * Different loopback ports that were free a moment ago, as was the port 10000 above each.
 * @throws Error if there are not so many
 */
export async function freePorts(
  count: number,
  random: () => number = Math.random,
): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries > MAX_TRIES) throw new Error(`no ${count} free ports from ${FIRST} on`);
    const port = FIRST + Math.floor(random() * COUNT);
    if ((await isFree(port)) && (await isFree(port + BUS))) found.add(port);
  }
  return [...found];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
