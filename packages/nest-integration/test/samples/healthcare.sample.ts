/* eslint-disable */
// What stands between the markers is written by tools/build/write-samples.mjs.
import { Injectable, Logger } from '@nestjs/common';
import { HealthcareCacheService } from '@vitalcache/healthcare-phi';
import { Cache, CacheService } from '@vitalcache/nest-integration';

import { PatientRepository, UserRepository } from './repositories.js';


@Injectable()
export class PatientsService {
  readonly logger = new Logger('samples');

  constructor(
    readonly cacheService: HealthcareCacheService,
    readonly patientRepository: PatientRepository,
    readonly medicalRepository: PatientRepository,
    readonly emergencyRepository: PatientRepository,
  ) {}

  // sample: 11-patient-record-caching
  async getPatientRecords(patientId: string, clinicId: string) {
    return this.cacheService.cachePatientRecords(
      patientId,
      clinicId,
      async () => this.patientRepository.getRecords(patientId, clinicId),
      {
        includeHistory: true,
        includePrescriptions: true,
        includeVitals: true
      }
    );
  }
  // end of sample

  // sample: 12-medical-history-caching
  async getMedicalHistory(patientId: string, clinicId: string) {
    return this.cacheService.cacheMedicalHistory(
      patientId,
      clinicId,
      async () => this.medicalRepository.getHistory(patientId, clinicId),
      {
        timeRange: { start: new Date('2023-01-01'), end: new Date() },
        includeTests: true,
        includeImages: true
      }
    );
  }
  // end of sample

  // sample: 13-emergency-data-caching
  async getEmergencyContacts(patientId: string) {
    return this.cacheService.cacheEmergencyData(
      patientId,
      async () => this.emergencyRepository.getContacts(patientId)
    );
  }
  // end of sample

  // sample: 14-cache-invalidation-for-healthcare-data
  // Invalidate patient-related cache when patient data changes
  async updatePatient(patientId: string, data: any) {
    const result = await this.patientRepository.update(patientId, data);
    
    // Invalidate all patient-related cache
    await this.cacheService.invalidatePatientCache(patientId, data.clinicId);
    
    return result;
  }

  // Clear all PHI data for compliance
  async clearPHIData() {
    const clearedCount = await this.cacheService.clearPHICache();
    this.logger.log(`Cleared ${clearedCount} PHI cache entries for compliance`);
    return { clearedCount };
  }
  // end of sample
}

@Injectable()
export class OperationsService {
  constructor(readonly cacheService: HealthcareCacheService) {}

  // sample: 15-performance-monitoring
  // Get comprehensive cache metrics
  async getCacheMetrics() {
    const metrics = await this.cacheService.getCacheMetrics();
    return {
      totalRequests: metrics.totalRequests,
      successfulRequests: metrics.successfulRequests,
      failedRequests: metrics.failedRequests,
      averageResponseTime: metrics.averageResponseTime,
      cacheHitRate: metrics.cacheHitRate,
      memoryUsage: metrics.memoryUsage,
      connectionPoolUtilization: metrics.connectionPoolUtilization,
      throughput: metrics.throughput,
      errorRate: metrics.errorRate
    };
  }
  // end of sample

  // sample: 16-cache-warming
  // Warm cache with frequently accessed data
  async warmCache(clinicId: string) {
    await this.cacheService.warmClinicCache(clinicId);
    await this.cacheService.warmHealthcareCache(clinicId);
    return { success: true, message: 'Cache warming completed' };
  }
  // end of sample
}

export async function invalidations(cacheService: HealthcareCacheService) {
  // sample: 18-cache-invalidation
  // Invalidate a specific cache key
  await cacheService.invalidateCache('users:123');

  // Invalidate by pattern (e.g., all users)
  await cacheService.invalidateCacheByPattern('users:*');

  // Invalidate by tag (all cache entries tagged with 'users')
  await cacheService.invalidateCacheByTag('users');

  // Healthcare-specific invalidation
  await cacheService.invalidatePatientCache('patient123', 'clinic456');
  await cacheService.invalidateDoctorCache('doctor789', 'clinic456');
  await cacheService.invalidateAppointmentCache('appointment101', 'patient123', 'doctor789', 'clinic456');
  await cacheService.invalidateClinicCache('clinic456');

  // Clear all PHI data
  await cacheService.clearPHICache();
  // end of sample
}

@Injectable()
export class ComplianceService {
  constructor(
    readonly cacheService: HealthcareCacheService,
    readonly patientRepository: PatientRepository,
  ) {}

  // sample: 26-healthcare-compliance
  // Always mark PHI data
  @Cache({
    containsPHI: true,
    complianceLevel: 'sensitive',
    tags: ['phi_data', 'patient_records']
  })
  async recordsOf(patientId: string) {
    return this.patientRepository.getProfile(patientId);
  }

  // Use appropriate TTL for sensitive data
  @Cache({
    ttl: 1800, // Shorter TTL for sensitive data
    containsPHI: true,
    compress: true // Compress to reduce memory footprint
  })
  async profileOf(patientId: string) {
    return this.patientRepository.getProfile(patientId);
  }

  // Invalidate PHI data when patient requests data deletion
  async deletePatientData(patientId: string) {
    await this.patientRepository.delete(patientId);
    await this.cacheService.invalidatePatientCache(patientId);
    await this.cacheService.clearPHICache(); // Clear all PHI if needed
  }
  // end of sample
}

// sample: 30-complete-service-example
@Injectable()
export class UserService {
  constructor(
    private repository: UserRepository,
    private cacheService: CacheService
  ) {}

  @Cache({ 
    keyTemplate: 'users:all:{role}',
    ttl: 1800,
    tags: ['users', 'user_lists'],
    priority: 'normal',
    enableSWR: true,
    containsPHI: true,
    compress: true
  })
  async findAll(role?: string) {
    return this.repository.find({ role });
  }

  @Cache({ 
    keyTemplate: 'users:one:{id}',
    ttl: 3600,
    tags: ['users', 'user_details'],
    priority: 'high',
    enableSWR: true,
    containsPHI: true,
    compress: true
  })
  async findOne(id: string) {
    return this.repository.findOne(id);
  }

  async delete(id: string) {
    const result = await this.repository.delete(id);
    // Invalidate all user-related cache
    await this.cacheService.invalidateCacheByPattern(`user:${id}:*`);
    await this.cacheService.invalidateCacheByTag(`user:${id}`);
    return result;
  }
}
// end of sample

// sample: 31-healthcare-service-example
@Injectable()
export class PatientService {
  constructor(
    private patientRepository: PatientRepository,
    private cacheService: HealthcareCacheService
  ) {}

  async getPatientProfile(patientId: string) {
    return this.cacheService.cachePatientRecords(
      patientId,
      'default',
      async () => this.patientRepository.getProfile(patientId),
      {
        includeHistory: false,
        includePrescriptions: false,
        includeVitals: false
      }
    );
  }

  async getPatientMedicalHistory(patientId: string, clinicId: string) {
    return this.cacheService.cacheMedicalHistory(
      patientId,
      clinicId,
      async () => this.patientRepository.getMedicalHistory(patientId, clinicId),
      {
        timeRange: { start: new Date('2023-01-01'), end: new Date() },
        includeTests: true,
        includeImages: false
      }
    );
  }

  async updatePatientRecord(patientId: string, clinicId: string, data: any) {
    const result = await this.patientRepository.updateRecord(patientId, clinicId, data);
    
    // Invalidate all patient-related cache
    await this.cacheService.invalidatePatientCache(patientId, clinicId);
    
    return result;
  }

  async getEmergencyContacts(patientId: string) {
    return this.cacheService.cacheEmergencyData(
      patientId,
      async () => this.patientRepository.getEmergencyContacts(patientId)
    );
  }
}
// end of sample
