/* eslint-disable */
// What stands between the markers is written by tools/build/write-samples.mjs. The globals are Jest's own.
import { Test, type TestingModule } from '@nestjs/testing';
import { CacheService, type ICacheProvider } from '@vitalcache/nest-integration';

// sample: 32-unit-test-example
describe('CacheService', () => {
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

  it('should cache and return data', async () => {
    const data = { test: 'data' };
    const fetchFn = jest.fn().mockResolvedValue(data);
    
    jest.spyOn(cacheProvider, 'get').mockResolvedValue(null);
    jest.spyOn(cacheProvider, 'set').mockResolvedValue(undefined);
    
    const result = await service.cache('test-key', fetchFn, { ttl: 3600 });
    
    expect(result).toEqual(data);
    expect(fetchFn).toHaveBeenCalled();
  });
});
// end of sample
