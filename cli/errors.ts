/**
 * Exit codes: 0 done · 1 the answer is no or something failed · 2 the command or its input is wrong (a restart would not mend
 * it) · 75 not now: the disk is full · 130 ended by ^C. docs/reference/errors.md lists the codes of the messages.
 */
export const exitCodes = { failed: 1, wrongInput: 2, diskFull: 75 } as const;

/** An error for a person: what and why in `message`, and what to do in `next`. */
export class CliError extends Error {
  readonly code: string;
  readonly next: string | undefined;
  readonly exit: number;

  constructor(
    code: string,
    message: string,
    options: { next?: string; exit?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
    this.code = code;
    this.next = options.next;
    this.exit = options.exit ?? exitCodes.failed;
  }
}
