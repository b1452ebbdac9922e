import { Controller, Get, Header, Inject, UseGuards, UseInterceptors } from '@nestjs/common';

import { AdminCallInterceptor } from '../admin/admin-call.interceptor.js';
import { AdminGuard } from '../admin/admin.guard.js';
import { NeedsScope } from '../admin/admin-scope.js';
import { AnswersProblems } from '../admin/answers-problems.decorator.js';
import { DASHBOARD_PAGE, DASHBOARD_POLICY } from './dashboard-page.js';
import { DashboardStates, type DashboardState } from './dashboard-state.js';

/** A page without data, open to everyone, and the data for it, which is not. */
@Controller('cache')
@AnswersProblems()
export class DashboardController {
  constructor(@Inject(DashboardStates) private readonly states: DashboardStates) {}

  @Get('dashboard')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', DASHBOARD_POLICY)
  @Header('Cache-Control', 'no-store')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('X-Frame-Options', 'DENY')
  @Header('Referrer-Policy', 'no-referrer')
  @Header('Cross-Origin-Opener-Policy', 'same-origin')
  page(): string {
    return DASHBOARD_PAGE;
  }

  @Get('dashboard/state')
  @UseGuards(AdminGuard)
  @UseInterceptors(AdminCallInterceptor)
  @NeedsScope('read')
  state(): Promise<DashboardState> {
    return this.states.read();
  }
}
