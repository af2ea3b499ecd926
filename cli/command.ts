import { Command } from '@oclif/core';
import { describeError } from './describe-error.ts';

/** What every command shares: how errors are shown, and how machines read the output. */
export abstract class KithCommand extends Command {
  /** One JSON line for programs that called us with `--output json`. */
  protected event(fields: Record<string, unknown>): void {
    process.stdout.write(`${JSON.stringify(fields)}\n`);
  }

  /**
   * For commands that only show: they end when nobody reads on (`kith logs -f … | head`). A command that changes something goes
   * on to its end instead, which is oclif's own way with a closed pipe.
   */
  protected endWithReader(): void {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
    });
  }

  /** Writes, and waits where the reader is slower than the cluster. */
  protected async write(text: string): Promise<void> {
    if (process.stdout.write(text) || process.stdout.destroyed) return;
    await new Promise<void>((resolve) => {
      process.stdout.once('drain', resolve);
      process.stdout.once('close', resolve);
    });
  }

  protected override async catch(
    error: Error & { code?: string; oclif?: { exit?: number } },
  ): Promise<never> {
    // How oclif ends a command that is done.
    if (error.code === 'EEXIT') process.exit(error.oclif?.exit ?? 0);
    const { lines, exit } = describeError(error, this.id);
    process.stderr.write(`${lines.join('\n')}\n`);
    process.exit(exit);
  }
}
