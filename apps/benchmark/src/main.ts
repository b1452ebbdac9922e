import { readCommand } from './cli/benchmark.program.js';
import { runBenchmark } from './cli/run-benchmark.js';

try {
  process.exitCode = await runBenchmark(readCommand(process.argv));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
