import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Inject,
  Param,
  Post,
  Req,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';

import { AdminCallInterceptor } from './admin-call.interceptor.js';
import { AdminGuard } from './admin.guard.js';
import type { AdminRequest } from './admin-request.js';
import { NeedsScope } from './admin-scope.js';
import { PluginActions } from './plugin-actions.js';
import { AnswersProblems } from './answers-problems.decorator.js';

/** A plugin's path has one part or two. */
const PATHS = [':action', ':group/:action'];

interface ActionPath {
  readonly group?: string;
  readonly action: string;
}

/** The endpoints that plugins bring; there only if one does. Behind the others, which are more exact. */
@Controller('cache')
@UseGuards(AdminGuard)
@UseInterceptors(AdminCallInterceptor)
@AnswersProblems()
export class CacheActionsController {
  constructor(@Inject(PluginActions) private readonly actions: PluginActions) {}

  @Get(PATHS)
  @NeedsScope('read')
  get(@Param() path: ActionPath, @Req() request: AdminRequest): Promise<object> {
    return this.actions.run('GET', textOf(path), request);
  }

  @Post(PATHS)
  @HttpCode(HttpStatus.OK)
  @NeedsScope('write', false)
  post(@Param() path: ActionPath, @Req() request: AdminRequest): Promise<object> {
    return this.actions.run('POST', textOf(path), request);
  }

  @Delete(PATHS)
  @NeedsScope('write', false)
  delete(@Param() path: ActionPath, @Req() request: AdminRequest): Promise<object> {
    return this.actions.run('DELETE', textOf(path), request);
  }
}

function textOf({ group, action }: ActionPath): string {
  return group === undefined ? action : `${group}/${action}`;
}
