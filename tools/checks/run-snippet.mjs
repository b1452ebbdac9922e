// node run-snippet.mjs <file>: runs one example and ends with it, whatever it left open. Only what it says is printed:
// a cache that logs at its start says nothing of the example.
import { pathToFileURL } from 'node:url';

process.on('unhandledRejection', (error) => {
  console.error(error);
  process.exit(1);
});

await import(pathToFileURL(process.argv[2]));
process.exit(0);
