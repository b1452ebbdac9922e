export { runCli } from './cli.js';
export { EXIT, type ExitCode } from './exit-code.js';
export type { CliIo, CliStream } from './output/cli-io.js';
