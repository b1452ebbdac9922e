/** An object that can't be looked at in any way. */
export function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A class of an application's own. */
export class Patient {
  readonly name = 'Ada';
}
