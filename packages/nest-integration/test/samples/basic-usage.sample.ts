/* eslint-disable */
// What stands between the markers is written by tools/build/write-samples.mjs.
import { Controller, Get, Inject, Logger, Param } from '@nestjs/common';
import { CacheOptionsBuilder, type CachePriority } from '@vitalcache/nest-integration';

import { UserRepository } from './repositories.js';

// sample: 04-simple-caching
import { Cache } from '@vitalcache/nest-integration';

@Controller('users')
export class UsersController {
  
  @Get()
  @Cache()
  async getAllUsers() {
    return this.usersRepository.find();
  }
}
// end of sample

export interface UsersController {
  readonly usersRepository: UserRepository;
}
Inject(UserRepository)(UsersController.prototype, 'usersRepository');

@Injectable()
export class UsersByTtl {
  constructor(readonly usersRepository: UserRepository) {}

  // sample: 05-caching-with-ttl
  @Cache({ ttl: 1800 }) // 30 minutes
  async getUserById(id: string) {
    return this.usersRepository.findUnique({ where: { id } });
  }

  @Cache({ ttl: 3600 }) // 1 hour
  async getUser(id: string) {
    return this.usersRepository.findOne(id);
  }
  // end of sample
}

// sample: 06-service-level-caching
import { Injectable } from '@nestjs/common';
import { CacheService } from '@vitalcache/nest-integration';

@Injectable()
export class ProductsService {
  constructor(private readonly cacheService: CacheService) {}
  
  async getProductDetails(id: string, options: { priority?: CachePriority } = {}) {
    const cacheKey = `products:${id}:details`;
    
    return this.cacheService.cache(
      cacheKey,
      async () => this.fetchProductFromDatabase(id), 
      {
        ttl: 600,                // 10 minutes TTL
        staleTime: 120,          // 2 minutes stale time
        compress: true,          // Compress data if large
        priority: options.priority || 'high',
        tags: ['products', `product:${id}`] // Tags for invalidation
      }
    );
  }
}
// end of sample

export interface ProductsService {
  fetchProductFromDatabase(id: string): Promise<object>;
}

export async function optionsBuilder(
  cacheService: CacheService,
  key: string,
  fetchFn: () => Promise<string>,
) {
  // sample: 07-using-options-builder
  const options = CacheOptionsBuilder
    .forPatient()
    .ttl(1800)
    .tags(['patient_data', 'phi_data'])
    .build();

  await cacheService.cache(key, fetchFn, options);
  // end of sample
  return options;
}

export function keyOfFactory(cacheService: CacheService) {
  // sample: 08-using-key-factory
  const keyFactory = cacheService.getKeyFactory();
  const key = keyFactory.patient('patient-123', 'clinic-456', 'records');
  // end of sample
  return key;
}

@Controller('swr')
export class SwrController {
  constructor(readonly usersService: UserRepository) {}

  @Get(':id')
  // sample: 09-swr-stale-while-revalidate-caching
  @Cache({
    ttl: 300,             // 5 minutes cache TTL
    keyTemplate: 'users:{id}',
    staleTime: 60,        // Data becomes stale after 60 seconds
    tags: ['users']       // Tag for grouped invalidation
  })
  async getUser(@Param('id') id: string) {
    // Expensive database operation
    return this.usersService.findById(id);
  }
  // end of sample
}

@Injectable()
export class BatchService {
  constructor(readonly cacheService: CacheService) {}

  async run(user1Data: object, user2Data: object, user3Data: object) {
    // sample: 10-batch-operations
    // Batch get operations
    const keys = ['user:1', 'user:2', 'user:3'];
    const results = await this.cacheService.batchGet(keys);

    // Batch set operations
    const keyValuePairs = [
      { key: 'user:1', value: user1Data, ttl: 3600 },
      { key: 'user:2', value: user2Data, ttl: 3600 },
      { key: 'user:3', value: user3Data, ttl: 3600 }
    ];
    await this.cacheService.batchSet(keyValuePairs);

    // Batch delete operations
    const deletedCount = await this.cacheService.batchDelete(keys);
    // end of sample
    return { results, deletedCount };
  }
}

export async function unifiedOptions(cacheService: CacheService, fetchData: () => Promise<string>) {
  const call = () =>
    // sample: 17-unified-cache-method-options
    // All cache operations use a single method with consistent options
    cacheService.cache(
      'cache-key',
      () => fetchData(),    // Data fetching function
      {
        ttl: 3600,          // Cache time-to-live (seconds)
        staleTime: 300,     // When data becomes stale
        forceRefresh: false,// Force fresh data fetch
        enableSwr: true,    // Enable Stale-While-Revalidate
        compress: false,    // Compress large cache entries
        priority: 'high',   // Processing priority
        tags: ['tag1', 'tag2'], // Tags for grouped invalidation
        containsPHI: false, // Contains Protected Health Information
        complianceLevel: 'standard', // Compliance level
        emergencyData: false, // Emergency data flag
        patientSpecific: false, // Patient-specific data
        doctorSpecific: false, // Doctor-specific data
        clinicSpecific: false  // Clinic-specific data
      }
    );
    // end of sample
  return call();
}

@Injectable()
export class FaultTolerantService {
  readonly errors: unknown[] = [];
  readonly logger = { error: (_message: string, error: unknown) => this.errors.push(error) };

  constructor(
    readonly cacheService: CacheService,
    readonly repository: UserRepository,
  ) {}

  async find(key: string): Promise<unknown> {
    // sample: 25-error-handling
    try {
      const cached = await this.cacheService.get(key);
      if (cached) return JSON.parse(cached);
      
      const data = await this.repository.find();
      await this.cacheService.set(key, JSON.stringify(data));
      return data;
    } catch (error) {
      this.logger.error('Cache error:', error);
      // Fallback to database
      return this.repository.find();
    }
    // end of sample
  }
}

@Injectable()
export class LoggingService {
  constructor(readonly logger: Logger) {}

  run(key: string, ttl: number, tags: string[], error: Error) {
    // sample: 29-debugging-tools-3
    // Enable debug logging
    this.logger.debug('Cache operation:', { key, ttl, tags });
    this.logger.warn('Cache miss for key:', key);
    this.logger.error('Cache error:', error);
    // end of sample
  }
}

@Injectable()
export class MigrationBefore {
  constructor(readonly repository: { find(userId: string): Promise<string> }) {}

  async user(cacheService: CacheService, userId: string): Promise<unknown> {
    // sample: 33-migration-example
    const key = `user:${userId}`;
    const cached = await cacheService.get(key);
    if (cached) return JSON.parse(cached);
    const data = await this.repository.find(userId);
    await cacheService.set(key, data, 3600);
    return data;
    // end of sample
  }
}

export class MigrationAfter {
  constructor(
    readonly cacheService: CacheService,
    readonly repository: { find(userId: string): Promise<string> },
  ) {}

  async user(userId: string) {
    // sample: 34-migration-example-2
    return this.cacheService.cache(
      `user:${userId}`,
      () => this.repository.find(userId),
      { ttl: 3600 }
    );
    // end of sample
  }
}
