import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CacheService, onCacheEvent, type CacheEvent } from '@vitalcache/core';

import { CACHE_SETUP_TOKEN } from './cache.module-definition.js';
import type { CacheSetup } from './cache-setup.js';

/**
 * One debug line an operation while the log level is `debug`, also if that is changed at run time: what it was, template,
 * outcome, tier and time. Never a key or a tag. At other levels nothing is subscribed to, and nothing costs.
 */
@Injectable()
export class OperationLog implements OnModuleInit, OnApplicationShutdown {
  #end: (() => void) | null = null;
  #endFollowing: () => void = () => undefined;

  constructor(
    @Inject(CacheService) private readonly cache: CacheService,
    @Inject(CACHE_SETUP_TOKEN) private readonly setup: CacheSetup,
  ) {}

  onModuleInit(): void {
    this.#follow();
    this.#endFollowing = this.cache.onSettingChanged(({ name }) => {
      if (name === 'logLevel') this.#follow();
    });
  }

  onApplicationShutdown(): void {
    this.#endFollowing();
    this.#stop();
  }

  #follow(): void {
    if (this.cache.settings.logLevel !== 'debug') return this.#stop();
    const { logger } = this.setup;
    this.#end ??= onCacheEvent((_name, event) => logger.debug(lineOf(event)), this.cache.namespace);
  }

  #stop(): void {
    this.#end?.();
    this.#end = null;
  }
}

function lineOf({ kind, template, outcome, tier, ms, reason }: CacheEvent): string {
  const parts = [
    `${kind} ${template}: ${outcome}`,
    ...(tier === null ? [] : [tier]),
    ...(ms === null ? [] : [`${ms.toFixed(1)} ms`]),
    ...(reason === null ? [] : [reason]),
  ];
  return parts.join(', ');
}
