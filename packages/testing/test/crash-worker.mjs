// Starts servers and hangs, to be killed by crash.int-spec.ts. Uses the built package.
import { startReplicaPair, startStore } from '@vitalcache/testing';

const store = await startStore('redis');
const { primary, replica } = await startReplicaPair();
await replica.pause();
process.send([store.url, primary.url, replica.url]);
setInterval(() => undefined, 60_000);
