import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { CANARY_MARKS, CANARY_PATIENT } from './canary-marks.js';
import {
  contentPlace,
  filePlace,
  spanPlace,
  UnreadablePlace,
  urlPlace,
  valuePlace,
  type CanaryPlace,
} from './canary-place.js';
import { CanarySweep } from './canary.sweep.js';
import { recordOutput, recordStream } from './output.recorder.js';

const { name, mrn, note } = CANARY_PATIENT;
const MARK = CANARY_MARKS.indexOf(note);
const sweep = new CanarySweep();
const search = (...places: CanaryPlace[]) => sweep.search(places);

/** That the note is found in the place, and that the place without it is clean. */
async function expectFound(planted: CanaryPlace, clean?: CanaryPlace): Promise<void> {
  const { findings, unread } = await search(planted);
  expect(unread).toEqual([]);
  expect(findings).toContainEqual(expect.objectContaining({ place: planted.name, mark: MARK }));
  if (clean) expect(await search(clean)).toMatchObject({ findings: [], unread: [] });
}

describe('CanarySweep', () => {
  it.each<[string, (text: string) => ReturnType<CanaryPlace['read']>]>([
    ['text', (text) => text],
    ['bytes', (text) => Buffer.from(text)],
    ['pieces', (text) => [text.slice(0, 10), Buffer.from(text.slice(10))]],
    ['a stream', (text) => Readable.from([Buffer.from(text)])],
    ['a promise', (text) => Promise.resolve(text)],
  ])('finds a mark in %s', async (what, content) => {
    const place = (text: string) => contentPlace(what, () => content(text));
    await expectFound(place(`x ${note} y`), place('nothing is here'));
    const { searched } = await search(place('nothing'));
    expect(searched).toEqual({ [what]: 7 });
  });

  it('finds a mark in a file, in a folder, and in the name of a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitalcache-canary-'));
    try {
      await writeFile(join(folder, 'a.log'), 'nothing');
      expect(await search(filePlace('folder', folder))).toMatchObject({ findings: [] });
      await writeFile(join(folder, 'b.log'), JSON.stringify({ note }));
      await expectFound(filePlace('file', join(folder, 'b.log')));
      await expectFound(filePlace('folder', folder));
      await writeFile(join(folder, mrn), '');
      const { findings } = await search(filePlace('folder', folder));
      expect(findings.map(({ mark }) => mark)).toContain(CANARY_MARKS.indexOf(mrn));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  describe('in an error', () => {
    class VendorError extends Error {
      readonly #own = 0;
      get own(): number {
        return this.#own;
      }
    }
    const withHidden = (): Error =>
      Object.defineProperty(new Error('failed'), 'args', { value: [note], enumerable: false });
    const withFailingGetter = (): object => ({
      get broken(): never {
        throw new Error('not to be read');
      },
      toJSON: () => ({ note }),
    });
    const cyclic = (): object => {
      const one: Record<string, unknown> = { note };
      one['self'] = one;
      return one;
    };

    it.each<[string, () => unknown]>([
      ['its message', () => new VendorError(note)],
      ['its stack', () => Object.assign(new Error('failed'), { stack: `Error\n at ${note}` })],
      ['a property', () => Object.assign(new Error('failed'), { command: { args: ['k', note] } })],
      ['a hidden property', withHidden],
      ['its cause', () => new Error('failed', { cause: new Error(note) })],
      ['one of several', () => new AggregateError([new Error(note)], 'failed')],
      ['a buffer', () => Object.assign(new Error('failed'), { data: Buffer.from(`x${note}`) })],
      ['a map', () => ({ map: new Map([[{ note }, 1]]), set: new Set([note]) })],
      ['a symbol', () => ({ [Symbol(note)]: 1 })],
      ['what it prints as JSON', withFailingGetter],
      ['a cycle', cyclic],
    ])('finds a mark in %s', async (_, make) => {
      await expectFound(valuePlace('error', make()), valuePlace('error', new VendorError('clean')));
    });

    it('finds it in a list of errors that is still growing when the place is made', async () => {
      const errors: Error[] = [];
      const place = valuePlace('errors', () => errors);
      errors.push(new Error(note));
      await expectFound(place);
    });

    it('says that it can not search half of the program', async () => {
      const parts = Array.from({ length: 200_001 }, () => ({}));
      expect((await search(valuePlace('heap', parts))).unread).toEqual([
        { place: 'heap', reason: 'RangeError' },
      ]);
    });
  });

  it('finds a mark in each part of a span', async () => {
    const clean = { name: 'vitalcache.read', attributes: { tier: 'l1' } };
    const parts = [
      { name: `read ${note}` },
      { attributes: { key: `patient:${note}` } },
      { events: [{ name: 'exception', attributes: { 'exception.message': note } }] },
      { status: { code: 2, message: note } },
      { links: [{ attributes: { note } }] },
      { resource: { attributes: { note } } },
    ];
    for (const part of parts) {
      await expectFound(
        spanPlace('spans', () => [{ ...clean, ...part }]),
        spanPlace('spans', () => [clean]),
      );
    }
  });

  it('finds a mark in metrics as a reader of OpenTelemetry collects them', async () => {
    const collected = (value: string) => ({
      scopeMetrics: [
        { metrics: [{ dataPoints: [{ attributes: { template: value }, value: 1 }] }] },
      ],
    });
    await expectFound(
      valuePlace('metrics', () => collected(note)),
      valuePlace('metrics', () => collected('users:{id}')),
    );
  });

  describe('over HTTP', () => {
    let server: Server;
    const url = (path: string): string =>
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`;
    beforeAll(async () => {
      server = createServer(({ url: path }, answer) => {
        if (path === '/failing') answer.statusCode = 500;
        if (path === '/header') answer.setHeader('x-note', encodeURIComponent(note));
        const label = path === '/metrics' ? JSON.stringify(note) : '"users:{id}"';
        answer.end(`hits_total{template=${label}} 7\n`);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterAll(() => void server.close());

    it('finds a mark in a scrape and in a header', async () => {
      await expectFound(urlPlace('scrape', url('metrics')), urlPlace('scrape', url('clean')));
      await expectFound(urlPlace('header', url('header')));
    });

    it('does not take an error for a clean scrape', async () => {
      const { unread, searched } = await search(urlPlace('scrape', url('failing')));
      expect(unread).toEqual([{ place: 'scrape', reason: 'answers 500' }]);
      expect(searched).toEqual({});
    });
  });

  it('finds a mark in what this process prints, until it is told to stop', async () => {
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const log = jest.spyOn(console, 'warn').mockReturnValue(undefined);
    try {
      const clean = recordOutput('clean');
      clean.stop();
      const [own, console_] = [recordOutput('stdout'), recordOutput('console')];
      process.stdout.write(note);
      own.stop();
      console.warn('patient %s', { note });
      console_.stop();
      process.stdout.write(name);
      await expectFound(own.place, clean.place);
      await expectFound(console_.place);
      expect([write.mock.calls, log.mock.calls]).toEqual([
        [[note], [name]],
        [['patient %s', { note }]],
      ]);
      const marks = (await search(own.place)).findings.map(({ mark }) => mark);
      expect(marks).not.toContain(CANARY_MARKS.indexOf(name));
    } finally {
      write.mockRestore();
      log.mockRestore();
    }
  });

  it('finds a mark in what a child process prints', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stderr.write(process.argv[1])', note]);
    const recording = recordStream('stderr', child.stderr);
    await once(child, 'close');
    await expectFound(recording.place);
  });

  it('tells place, encoding, mark and offset, and nothing of what stands there', async () => {
    const report = await search(contentPlace('log', `secret ${JSON.stringify(note)} secret`));
    expect(report.findings).toEqual([{ place: 'log', encoding: 'json', mark: MARK, offset: 8 }]);
    expect(JSON.stringify(report)).not.toContain('secret');
  });

  it('goes on after a place that can not be read, and quotes nothing of why', async () => {
    const failing = (error: Error) => contentPlace(error.name, () => Promise.reject(error));
    const { unread, findings } = await search(
      failing(new UnreadablePlace('switched off')),
      failing(Object.assign(new Error(note), { name: 'Foreign' })),
      failing(Object.assign(new Error('NOPERM for ' + note), { name: 'Reply' })),
      filePlace('file', join(tmpdir(), 'no such file')),
      contentPlace('broken stream', Readable.from(failingPieces())),
      contentPlace('text', note),
    );
    expect(unread).toEqual([
      { place: 'UnreadablePlace', reason: 'switched off' },
      { place: 'Foreign', reason: 'Foreign' },
      { place: 'Reply', reason: 'NOPERM' },
      { place: 'file', reason: 'ENOENT' },
      { place: 'broken stream', reason: 'Error' },
    ]);
    expect(findings.map(({ place }) => place)).toEqual(['text']);
  });

  it('takes marks of its own', async () => {
    const own = new CanarySweep(['patient-000017', 'a name of the demo']);
    const { findings } = await own.search([contentPlace('text', 'GET /patients/patient-000017')]);
    expect(findings).toEqual([{ place: 'text', encoding: 'raw', mark: 0, offset: 14 }]);
  });
});

function* failingPieces(): Generator<string> {
  yield 'something';
  throw new Error(note);
}
