import { CliError, exitCodes } from './errors.ts';

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `30s`, `10m`, `1h30m`, `2d` in seconds; a bare number is seconds. */
export function secondsOf(flag: string, text: string): number {
  const parts = [...text.matchAll(/(\d+)(s|m|h|d)/g)];
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit as keyof typeof unitSeconds],
    0,
  );
  if (seconds > 0 && parts.map(([part]) => part).join('') === text) return seconds;
  throw new CliError('KITH_BAD_ARGUMENT', `${flag} "${text}" is no span of time`, {
    next: `${flag} 10m`,
    exit: exitCodes.wrongInput,
  });
}
