/**
 * A count that may be a share of a total: `resolveIntOrPercent('25%', 10, 'up') === 3`. Kubernetes rounds
 * `maxSurge` up and `maxUnavailable` down. Undefined where the text is no percentage.
 */
export function resolveIntOrPercent(
  value: number | string,
  total: number,
  round: 'up' | 'down',
): number | undefined {
  if (typeof value === 'number') return value;
  const match = /^(\d+)%$/.exec(value);
  if (!match) return undefined;
  const share = (Number(match[1]) * total) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}
