import { inspect } from 'node:util';

import { Redis } from 'ioredis';

import {
  CanarySweep,
  describeWithRedis,
  recordLogger,
  recordOutput,
  spanPlace,
  valuePlace,
  watchRedis,
  type CanaryPlace,
  type RedisWatch,
} from '../src/index.js';
import { needlesOf } from '../src/canary/mark-encodings.js';

/** Short enough for SLOWLOG, and written differently in every encoding. */
const MARK = 'Zoë/ "Q?:\n7~';
const NEEDLES = needlesOf([MARK]);
/** One text for each way of writing that the harness knows, with its alignments and cases. */
const ENCODINGS = [...new Set(NEEDLES.map(({ encoding }) => encoding))].sort();
const PLANTED = NEEDLES.map(({ bytes }) => Buffer.concat([Buffer.from('<'), bytes]));

/** A string of JavaScript holds no bytes that are no UTF-8. */
const OF_TEXT = ENCODINGS.filter((name) => name !== 'latin1');
/** What stays as it is when a text is written down once more. */
const PLAIN = ['base64', 'base64url', 'bytes', 'hex', 'url'];

/** In which encodings the mark was found in a place, which must have been looked at. */
async function found(place: CanaryPlace): Promise<readonly string[]> {
  const { findings, unread } = await new CanarySweep([MARK]).search([place]);
  expect(unread).toEqual([]);
  return findings.map(({ encoding }) => encoding).sort();
}

describe('the mark of these tests', () => {
  it('is written in 12 ways, none of which is a part of another', () => {
    expect(ENCODINGS).toHaveLength(12);
    for (const one of NEEDLES) {
      const others = NEEDLES.filter(({ encoding }) => encoding !== one.encoding);
      expect(others.filter(({ bytes }) => bytes.includes(one.bytes))).toEqual([]);
    }
  });
});

describe('CanarySweep finds a mark in each encoding in', () => {
  const silently = async (stream: NodeJS.WriteStream, work: () => void): Promise<void> => {
    const write = jest.spyOn(stream, 'write').mockReturnValue(true);
    work();
    write.mockRestore();
  };

  it.each(['stdout', 'stderr'] as const)('%s', async (name) => {
    let place = valuePlace(name, '');
    await silently(process[name], () => {
      const output = recordOutput(name);
      for (const bytes of PLANTED) process[name].write(bytes);
      output.stop();
      place = output.place;
    });
    expect(await found(place)).toEqual(ENCODINGS);
  });

  it('the output of a logger', async () => {
    const { logger, place } = recordLogger();
    // What is no text, a logger is given as bytes, which it prints as such.
    for (const bytes of PLANTED) logger.warn('patient %s', bytes.toString('latin1'), { bytes });
    for (const bytes of PLANTED) logger.error(bytes.toString());
    expect(await found(place)).toEqual(expect.arrayContaining(OF_TEXT));
  });

  const withCause = (bytes: Buffer): Error =>
    new Error('failed', { cause: new AggregateError([Object.assign(new Error(), { bytes })]) });
  const withArguments = (bytes: Buffer): Error =>
    Object.defineProperty(new Error('failed'), 'command', { value: { args: [bytes] } });

  it.each<[string, (bytes: Buffer) => unknown]>([
    ['the causes of errors', withCause],
    ['own, hidden properties of errors', withArguments],
  ])('%s', async (name, make) => {
    expect(await found(valuePlace(name, PLANTED.map(make)))).toEqual(ENCODINGS);
  });

  it.each<[string, readonly string[], (text: string) => unknown]>([
    ['messages of errors', OF_TEXT, (text) => new Error(text)],
    ['attributes of metrics', OF_TEXT, (text) => ({ dataPoints: [{ attributes: { text } }] })],
    ['errors as JSON', [...PLAIN, 'json'], (message) => JSON.stringify({ message })],
    ['inspected errors', [...PLAIN, 'inspect'], (cause) => inspect(new Error('', { cause }))],
  ])('%s', async (name, expected, make) => {
    const texts = PLANTED.map((bytes) => make(bytes.toString()));
    expect(await found(valuePlace(name, texts))).toEqual(expect.arrayContaining([...expected]));
  });

  it('spans', async () => {
    const spans = PLANTED.map((bytes) => ({ name: 'read', attributes: {}, events: [{ bytes }] }));
    expect(await found(spanPlace('spans', () => spans))).toEqual(ENCODINGS);
  });
});

describeWithRedis(
  'CanarySweep, of each encoding,',
  (store) => {
    let client: Redis;
    let watch: RedisWatch;
    beforeAll(async () => {
      client = new Redis(store().url);
      watch = await watchRedis(store().url);
      await client.call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~public:*', '+get');
      const reader = client.duplicate({ enableReadyCheck: false });
      reader.on('error', () => undefined);
      await reader.call('AUTH', 'reader', 'pw');
      for (const bytes of PLANTED) {
        await client.set(bytes, bytes); // keys tell events, SLOWLOG and MONITOR; values are in files
        await client.call('XADD', 'journal', '*', 'pattern', bytes);
        await reader.get(bytes).catch(() => undefined);
      }
      reader.disconnect();
    });
    afterAll(async () => {
      await watch.stop();
      client.disconnect();
    });

    it.each([
      'MONITOR',
      'keyspace events',
      'SLOWLOG',
      'ACL LOG',
      'streams',
      'keys',
      'RDB',
      'AOF',
    ] as const)('finds a mark in %s', async (name) => {
      const place = watch.places.find((one) => one.name === name) as CanaryPlace;
      if (store().kind !== 'binary' && ['RDB', 'AOF'].includes(name)) return;
      expect(await found(place)).toEqual(ENCODINGS);
    });
  },
  { needs: ['configure'], args: ['--appendonly', 'yes', '--logfile', 'server.log'] },
);
