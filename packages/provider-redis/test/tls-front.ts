import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';

/** A TLS server on loopback that passes everything on to a plain one. */
export interface TlsFront {
  readonly port: number;
  /** PEM file with the certificate that it shows, which signed itself. */
  readonly caFile: string;
  /** Server names that clients asked for. */
  readonly names: readonly (string | false)[];
  close(): Promise<void>;
}

/** Whether certificates can be made here. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export async function tlsFront(targetPort: number): Promise<TlsFront> {
  const folder = mkdtempSync(join(tmpdir(), 'vitalcache-tls-'));
  const [keyFile, caFile] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
  const subject = [
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ];
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    keyFile,
  ];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', caFile, '-days', '2', ...subject], {
    stdio: 'ignore',
  });

  const names: (string | false)[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer(
    { key: readFileSync(keyFile), cert: readFileSync(caFile) },
    (client) => {
      names.push(client.servername ?? false);
      sockets.add(client);
      const target = connect(targetPort, '127.0.0.1');
      client.on('error', () => target.destroy());
      target.on('error', () => client.destroy());
      client.pipe(target).pipe(client);
    },
  );
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    caFile,
    names,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
