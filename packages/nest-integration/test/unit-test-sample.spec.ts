import { jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';

import { CacheService, CACHE_CONFIG_TOKEN, type ICacheProvider } from '../src/index.js';

describe('CacheService without CacheModule', () => {
  describe('as in the documented unit test', () => {
    let service: CacheService;
    let cacheProvider: ICacheProvider;

    beforeEach(async () => {
      const module: TestingModule = await Test.createTestingModule({
        providers: [
          CacheService,
          {
            provide: 'ICacheProvider',
            useValue: {
              get: jest.fn(),
              set: jest.fn(),
              del: jest.fn(),
              invalidateCacheByPattern: jest.fn(),
              invalidateCacheByTag: jest.fn(),
            },
          },
        ],
      }).compile();

      service = module.get<CacheService>(CacheService);
      cacheProvider = module.get<ICacheProvider>('ICacheProvider');
    });

    afterEach(() => service.close());

    it('should cache and return data', async () => {
      const data = { test: 'data' };
      const fetchFn = jest.fn<() => Promise<object>>().mockResolvedValue(data);

      jest.spyOn(cacheProvider, 'get').mockResolvedValue(null);
      jest.spyOn(cacheProvider, 'set').mockResolvedValue(undefined);

      const result = await service.cache('test-key', fetchFn, { ttl: 3600 });

      expect(result).toEqual(data);
      expect(fetchFn).toHaveBeenCalled();
    });

    it('uses the store that is injected', async () => {
      jest.spyOn(cacheProvider, 'get').mockResolvedValue(null);
      await service.cache('test-key', () => 1);
      await service.settled();
      expect(cacheProvider.get).toHaveBeenCalledTimes(1);
      expect(cacheProvider.set).toHaveBeenCalledTimes(1);
    });
  });

  it('is refused by Nest, not built with undefined, when there is no store', async () => {
    const building = Test.createTestingModule({ providers: [CacheService] }).compile();
    await expect(building).rejects.toThrow(/CacheService.*ICacheProvider/s);
  });

  it('takes a configuration where one is provided', async () => {
    const module = await Test.createTestingModule({
      providers: [
        CacheService,
        { provide: 'ICacheProvider', useValue: { get: jest.fn(), set: jest.fn(), del: jest.fn() } },
        { provide: CACHE_CONFIG_TOKEN, useValue: { namespace: 'given' } },
      ],
    }).compile();
    expect((await module.get(CacheService).status()).namespace).toBe('given');
  });
});
