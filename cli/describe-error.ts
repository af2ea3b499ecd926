import { diskFull } from './disk-full.ts';
import { CliError, exitCodes } from './errors.ts';
import { wordsFor } from './foreign-errors.ts';
import { plainText } from './print/text-width.ts';

/** How oclif begins when a flag's value is not of its kind. */
const parsingPattern = /^Parsing (--\S+)\s+/;

/** What the machine refuses, by Node's code of it. */
const machineErrors: Record<string, { code: string; next: string }> = {
  EACCES: { code: 'KITH_NO_PERMISSION', next: 'the owner of that file, or another KITH_HOME' },
  EPERM: { code: 'KITH_NO_PERMISSION', next: 'the owner of that file, or another KITH_HOME' },
  EROFS: { code: 'KITH_NO_PERMISSION', next: 'another KITH_HOME: that disk is read-only' },
  EADDRINUSE: { code: 'KITH_PORT_BUSY', next: 'stop what listens there, or choose another port' },
  ECONNRESET: { code: 'KITH_API_AWAY', next: 'the same command again' },
  EMFILE: { code: 'KITH_TOO_MANY_FILES', next: 'ulimit -n 4096, then again' },
};

/** The lines that a command's failure prints on standard error, and its exit code. `command` is what to ask for help. */
export function describeError(error: Error, command = ''): { lines: string[]; exit: number } {
  const { code, text, next, exit } = toldOf(error, command);
  const lines = [`Error (${code}): ${text}`];
  if (next) lines.push(`Try: ${next}`);
  if (process.env['KITH_DEBUG'] && error.stack) lines.push(error.stack);
  return { lines: lines.map(harmless), exit };
}

/** Errors quote manifests, names of files and other people's programs: their lines stay, what would move a cursor goes. */
function harmless(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

/** An error as it is told to a person. */
export interface Told {
  code: string;
  text: string;
  next?: string;
  exit: number;
}

export function toldOf(error: Error, command = ''): Told {
  if (error instanceof CliError)
    return {
      code: error.code,
      text: error.message,
      exit: error.exit,
      ...(error.next && { next: error.next }),
    };
  // What the connection found out says more than the request that failed of it.
  if (error.cause instanceof CliError) return toldOf(error.cause, command);
  const full = diskFull(error);
  if (full) return toldOf(full, command);
  const words = wordsFor(error);
  if (words) return { text: error.message, exit: exitCodes.failed, ...words };
  const { oclif, code } = error as { oclif?: { exit?: number }; code?: string };
  if (oclif)
    return {
      code: 'KITH_USAGE',
      text: error.message.replace(/\n?See more help with --help$/, '').replace(parsingPattern, '$1: '),
      next: ['kith', command.replaceAll(':', ' '), '--help'].filter(Boolean).join(' '),
      exit: oclif.exit ?? exitCodes.wrongInput,
    };
  const machine = code === undefined ? undefined : machineErrors[code];
  if (machine) return { ...machine, text: error.message, exit: exitCodes.failed };
  return {
    code: 'KITH_FAULT',
    text: error.message,
    next: 'KITH_DEBUG=1 in front of the command shows where; please report it',
    exit: exitCodes.failed,
  };
}
