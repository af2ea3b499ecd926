const minute = 60;
const hour = 60 * minute;
const day = 24;
const year = 365;

/**
 * How long, as kubectl writes it: `45s`, `4m30s`, `17m`, `5h3m`, `30h`, `6d4h`, `200d`, `3y12d`. Shorter spans are told
 * more exactly. A little less than nothing (clocks differ) is `0s`, more is `<invalid>`.
 *
 * Source: k8s.io/apimachinery/pkg/util/duration HumanDuration
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 10 * minute) return pair(seconds, minute, 'm', 1, 's');
  if (seconds < 3 * hour) return `${Math.trunc(seconds / minute)}m`;
  if (seconds < 8 * hour) return pair(seconds, hour, 'h', minute, 'm');
  const hours = Math.trunc(seconds / hour);
  if (hours < 2 * day) return `${hours}h`;
  if (hours < 8 * day) return pair(hours, day, 'd', 1, 'h');
  const days = Math.trunc(hours / day);
  if (days < 2 * year) return `${days}d`;
  if (days < 8 * year) return pair(days, year, 'y', 1, 'd');
  return `${Math.trunc(days / year)}y`;
}

/** `4m30s`, or `4m` where nothing is left over. */
function pair(amount: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.trunc((amount % large) / small);
  return `${Math.trunc(amount / large)}${largeName}${rest === 0 ? '' : `${rest}${smallName}`}`;
}

/** How long ago that was; `<unknown>` where it is not told. */
export function age(time: string | undefined, now: Date): string {
  return time ? humanDuration(now.getTime() - Date.parse(time)) : '<unknown>';
}
