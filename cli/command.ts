import { Command } from '@oclif/core';
import { CliError, describeError } from './errors.ts';

/** What every command shares: how errors are shown, and how machines read the output. */
export abstract class KithCommand extends Command {
  /** One JSON line for programs that called us with `--output json`. */
  protected event(fields: Record<string, unknown>): void {
    process.stdout.write(`${JSON.stringify(fields)}\n`);
  }

  protected override async catch(
    error: Error & { exitCode?: number; oclif?: { exit?: number } },
  ): Promise<never> {
    const { lines, exit } = describeError(error);
    for (const line of lines) process.stderr.write(`${line}\n`);
    process.exit(error instanceof CliError ? exit : (error.oclif?.exit ?? exit));
  }
}
