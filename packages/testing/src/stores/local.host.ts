import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { guardFolder, startBinary, type BinaryProcess } from './binary-process.js';
import { freePorts } from './free-ports.js';
import type { HostSource, ServerHost, ServerProcess } from './server-host.js';

const execute = promisify(execFile);

/** This machine, where a binary runs as a process of its own on loopback. */
export function localHost(binary: string): HostSource {
  return { kind: 'binary', open: (portCount) => open(binary, portCount) };
}

async function open(binary: string, portCount: number): Promise<ServerHost> {
  const ports = await freePorts(portCount);
  const folder = await mkdtemp(join(tmpdir(), 'vitalcache-store-'));
  const removeFolder = guardFolder(folder);
  const started = new Set<BinaryProcess>();
  return {
    kind: 'binary',
    address: '127.0.0.1',
    bind: '127.0.0.1',
    ports,
    folder,
    async run(args, log) {
      const server = await startBinary(binary, args, log);
      started.add(server);
      return serverProcess(server);
    },
    async sh(script, ...args) {
      return (await execute('/bin/sh', ['-c', script, 'sh', ...args])).stdout;
    },
    async stop() {
      await Promise.all([...started].map((server) => server.kill()));
      await removeFolder();
    },
  };
}

function serverProcess(server: BinaryProcess): ServerProcess {
  return {
    ...server,
    async signal(name) {
      process.kill(server.pid, `SIG${name}`);
    },
  };
}
