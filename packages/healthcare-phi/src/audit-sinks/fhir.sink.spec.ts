import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { FakeClock } from '@vitalcache/testing';

import { AuditDirectory, READ } from '../../test/support/audit-log.fixture.js';
import { AuditChain } from '../audit/audit.chain.js';
import type { FhirAuditEvent } from './fhir-audit-event.js';
import { FhirAuditSink, type FhirAuditSinkOptions } from './fhir.sink.js';

describe('FhirAuditSink', () => {
  const directory = new AuditDirectory();
  const deadLetterFile = join(directory.path, 'dead.jsonl');
  let server: Server;
  let baseUrl: string;
  let received: { event: FhirAuditEvent; url: string; headers: IncomingHttpHeaders }[];
  /** Status by the number of the request; 0: no answer. */
  let answer: (event: FhirAuditEvent, request: number) => number;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const event = JSON.parse(body) as FhirAuditEvent;
        received.push({ event, url: request.url ?? '', headers: request.headers });
        const status = answer(event, received.length);
        if (status > 0) response.writeHead(status, { location: '/elsewhere' }).end('{"echo":true}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
  });
  beforeEach(() => {
    received = [];
    answer = () => 201;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    directory.dispose();
  });

  const chain = new AuditChain({
    node: 'n1',
    library: '0.1.0',
    clock: new FakeClock(),
    monotonicMs: () => 0,
  });
  const links = (count: number) =>
    Array.from({ length: count }, () => chain.link({ ...READ, patientId: `p-${chain.seq}` }));
  const sinkOf = (options: Partial<FhirAuditSinkOptions> = {}) =>
    new FhirAuditSink({ baseUrl, deadLetterFile, timeoutMs: 300, ...options });
  const patients = () => received.map(({ event }) => event.entity?.[0]?.what?.identifier?.value);

  it('posts an AuditEvent for every record, with what authorizes it', async () => {
    const sink = sinkOf({ headers: () => ({ authorization: 'Bearer t' }) });

    expect(await sink.append({ lines: links(20), isDurable: true })).toBe(true);
    expect(new Set(patients()).size).toBe(20);
    expect(received[0]).toMatchObject({
      url: '/fhir/AuditEvent',
      headers: { 'content-type': 'application/fhir+json', authorization: 'Bearer t' },
      event: { resourceType: 'AuditEvent', action: 'R' },
    });
  });

  it.each([400, 422])(
    'takes %i for final: the record goes to the dead-letter file, the next is posted',
    async (status) => {
      const lines = links(3);
      const refused = lines[1]!.record.patient;
      answer = (event) => (event.entity?.[0]?.what?.identifier?.value === refused ? status : 201);
      const sink = sinkOf();

      expect(await sink.append({ lines, isDurable: true })).toBe(true);

      const letters = readFileSync(deadLetterFile, 'utf8').trim().split('\n');
      expect(JSON.parse(letters.at(-1)!)).toMatchObject({
        status,
        resource: { entity: [{ what: { identifier: { value: refused } } }, {}, {}] },
      });
      expect(statSync(deadLetterFile).mode & 0o777).toBe(0o600);
      expect(sink.health()).toMatchObject({
        isUp: true,
        reason: expect.stringContaining('1 records'),
      });
    },
  );

  it.each([401, 403, 404, 408, 429, 500, 503, 302])(
    'takes %i for something that may be mended, and posts again only what is missing',
    async (status) => {
      const lines = links(4);
      const failing = lines[2]!.record.patient;
      const fails = (event: FhirAuditEvent) =>
        event.entity?.[0]?.what?.identifier?.value === failing;
      answer = (event) => (fails(event) ? status : 201);
      const sink = sinkOf();

      await expect(sink.append({ lines, isDurable: true })).rejects.toThrow();
      expect(sink.health().isUp).toBe(false);

      answer = () => 201;
      received = [];
      await sink.append({ lines, isDurable: true });

      expect(patients()).toEqual([failing]);
      expect(sink.health()).toEqual({ isUp: true });
    },
  );

  it('waits no longer than it may for a server that does not answer', async () => {
    answer = () => 0;

    await expect(sinkOf().append({ lines: links(1), isDurable: true })).rejects.toThrow(
      'did not answer in time',
    );
  });

  it('fails without a server, in words that repeat nothing', async () => {
    const sink = sinkOf({ baseUrl: 'http://127.0.0.1:1/fhir' });

    await expect(sink.append({ lines: links(1), isDurable: true })).rejects.toThrow(
      'no connection',
    );
  });

  it('keeps the record in the batch when the dead-letter file can not be written, such as a link', async () => {
    const link = join(directory.path, 'link');
    symlinkSync(join(directory.path, 'target'), link);
    answer = () => 422;

    await expect(
      sinkOf({ deadLetterFile: link }).append({ lines: links(1), isDurable: true }),
    ).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it.each(['http://fhir.example.org', 'ftp://127.0.0.2x', 'fhir'])('refuses %s', async (url) => {
    await expect(sinkOf({ baseUrl: url }).open()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it.each(['https://fhir.example.org', 'http://localhost:8080', 'http://[::1]:8080'])(
    'accepts %s',
    async (url) => {
      await expect(sinkOf({ baseUrl: url }).open()).resolves.toBeUndefined();
    },
  );
});
