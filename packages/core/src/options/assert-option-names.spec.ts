import { assertOptionNames } from './assert-option-names.js';

const NAMES = { host: true, maxBytes: true } as const;
const check = (options: object) => (): void =>
  assertOptionNames<{ host?: string; maxBytes?: number }>('A thing', options, NAMES);

describe('assertOptionNames', () => {
  it.each([
    [
      { maxBytess: 1 },
      'A thing has no maxBytess (did you mean maxBytes?); accepted: host, maxBytes.',
    ],
    [{ a: 1, hots: 'secret' }, 'A thing has no a, hots (did you mean host?); accepted: '],
    [null as never, 'A thing takes an object of options; got null.'],
    ['x' as never, 'A thing takes an object of options; got string.'],
  ])('refuses %o', (options, message) => {
    expect(check(options)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });

  it('takes what there is, also if it is undefined', () => {
    expect(check({ host: 'a', maxBytes: undefined })).not.toThrow();
  });
});
