import type { ChildFailed } from '../process/child.ts';
import { CliError, exitCodes } from './errors.ts';

const errorPattern = /^Error \((KITH_[A-Z_]+)\): (.*)$/;
const nextPattern = /^Try: (.*)$/;

/** A program of ours that cannot run, told as it told it itself: its code, all lines of its last error, its next step. */
export function programError(name: string, failed: ChildFailed): CliError {
  const lines = failed.lastLines;
  const from = lines.findLastIndex((line) => errorPattern.test(line));
  if (from < 0)
    return new CliError('KITH_PROGRAM_ENDED', failed.message, {
      next: `a look at logs/${name}.log in the home folder`,
    });
  const [, code, text] = errorPattern.exec(lines[from]!)!;
  const rest = lines.slice(from + 1);
  const nextAt = rest.findIndex((line) => nextPattern.test(line));
  const more = nextAt < 0 ? rest : rest.slice(0, nextAt);
  const next = nextAt < 0 ? undefined : nextPattern.exec(rest[nextAt]!)![1];
  return new CliError(code!, [`kith ${name}: ${text}`, ...more].join('\n'), {
    ...(next && { next }),
    ...(code === 'KITH_DISK_FULL' && { exit: exitCodes.diskFull }),
  });
}
