import { HotKeysMiddleware } from './hot-keys.middleware.js';

const read = (middleware: HotKeysMiddleware, key: string, times = 40): void => {
  for (let at = 0; at < times; at++) middleware.onFreshHit('t', 'standard', key);
};

describe('HotKeysMiddleware', () => {
  it('looks only while somebody asks, and forgets when nobody does', () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    const middleware = new HotKeysMiddleware(false);
    read(middleware, 'articles:1');
    expect(middleware.hottest()).toEqual([]);
    read(middleware, 'articles:1');
    expect(middleware.hottest()).toEqual([
      { name: 'articles:1', isReference: false, template: 't', share: 1 },
    ]);
    now.mockReturnValue(60_000);
    read(middleware, 'articles:1');
    expect(middleware.hottest()).toEqual([]);
    now.mockRestore();
  });

  it.each([
    [true, 'articles:secret'],
    [false, 'patient:secret:records'],
    [false, 'Doctor:secret'],
    [false, 'cached:appointments:secret'],
  ])('shows references: protection %s, key %s', (areReferences, key) => {
    const middleware = new HotKeysMiddleware(areReferences);
    middleware.hottest();
    read(middleware, key);
    const [hot] = middleware.hottest();
    expect(hot).toMatchObject({ isReference: true, name: expect.stringMatching(/^[0-9a-f]{10}$/) });
    const other = new HotKeysMiddleware(areReferences);
    other.hottest();
    read(other, key);
    expect(other.hottest()[0]?.name).not.toBe(hot?.name);
  });

  it('sees reads that take turns', () => {
    const middleware = new HotKeysMiddleware(false);
    middleware.hottest();
    for (let at = 0; at < 400; at++) middleware.onFreshHit('t', 'standard', `k${at % 4}`);
    expect(
      middleware
        .hottest()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['k0', 'k1', 'k2', 'k3']);
  });
});
