import type { Clock } from './clock.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Record<string, unknown>;

/** Says what happened, in a sentence, with its facts as fields. Never a secret, never a whole object. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log under a longer name: `agent` → `agent/pods`. */
  child(name: string): Log;
}

const rank: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** From the most talkative to the quietest. */
export const logLevels = Object.keys(rank) as readonly LogLevel[];

/** A log of lines `2026-01-01T00:00:00.000Z info agent: message key=value` (logfmt behind the message). */
export function lineLog(options: {
  name: string;
  clock: Clock;
  write: (line: string) => void;
  level?: LogLevel;
}): Log {
  const { name, clock, write, level = 'info' } = options;
  const at =
    (lineLevel: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (rank[lineLevel] < rank[level]) return;
      const facts = Object.entries(fields).map(([key, value]) => ` ${key}=${logfmt(value)}`);
      write(`${clock.date().toISOString()} ${lineLevel} ${name}: ${message}${facts.join('')}\n`);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (part) => lineLog({ ...options, name: `${name}/${part}` }),
  };
}

/** One log that writes into two. */
export function bothLogs(first: Log, second: Log): Log {
  const both = (level: LogLevel) => (message: string, fields?: LogFields) => {
    first[level](message, fields);
    second[level](message, fields);
  };
  return {
    debug: both('debug'),
    info: both('info'),
    warn: both('warn'),
    error: both('error'),
    child: (name) => bothLogs(first.child(name), second.child(name)),
  };
}

function logfmt(value: unknown): string {
  const text =
    value instanceof Error ? value.message : typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.:/@+-]+$/.test(text ?? '') ? text! : JSON.stringify(text ?? null);
}

/** Swallows everything: for tests that do not look at the log. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};
