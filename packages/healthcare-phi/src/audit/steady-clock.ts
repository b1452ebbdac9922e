import type { Clock } from '@vitalcache/core';

/**
 * A clock whose time goes on where it was last looked at when the machine's was set back: for durations, which must not
 * become hours.
 */
export function steadyClock(clock: Clock): Clock {
  let last = -Infinity;
  let lostMs = 0;
  return {
    now: () => {
      const now = clock.now();
      if (now < last) lostMs += last - now;
      last = now;
      return now + lostMs;
    },
    sleep: (...args) => clock.sleep(...args),
    ...(clock.alarm && { alarm: clock.alarm.bind(clock) }),
  };
}
