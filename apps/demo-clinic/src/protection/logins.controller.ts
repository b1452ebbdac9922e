import { Controller, Get, Headers } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { DEMO_LOGINS, loginOf } from './demo-logins.js';

/** Who can be chosen, and who is. A demo: whoever asks is whom they say they are. */
@ApiTags('logins')
@Controller('logins')
export class LoginsController {
  @Get()
  @ApiOperation({
    summary: 'The demo’s logins, chosen by the header x-demo-login or the cookie demo-login',
  })
  list(@Headers() headers: Readonly<Record<string, unknown>>) {
    const current = loginOf(headers)?.id ?? null;
    return DEMO_LOGINS.map(({ id, name, role }) => ({ id, name, role, isCurrent: id === current }));
  }
}
