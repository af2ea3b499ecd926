/**
 * Runs `stop` once when this process is told to end: SIGTERM, SIGINT, SIGHUP, or the parent that spawned it with a channel is
 * gone. A second signal, or `boundMs` without an end, exits at once with code 1. Returns how to stop by the program's own wish.
 */
export function onShutdown(
  stop: (reason: string) => Promise<void>,
  options: { boundMs?: number } = {},
): (reason: string) => void {
  const { boundMs = shutdownBoundMs } = options;
  let stopping = false;
  const shut = (reason: string) => {
    if (stopping) {
      // Ctrl-C reaches a whole process group, and the parent passes SIGTERM on too: only a repeated ^C means "now".
      if (reason === 'SIGINT' && impatient()) process.exit(130);
      return;
    }
    stopping = true;
    firstAskedAt = performance.now();
    setTimeout(() => process.exit(1), boundMs).unref();
    stop(reason).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`kith: could not stop cleanly: ${(error as Error)?.message ?? String(error)}\n`);
        process.exit(1);
      },
    );
  };
  let firstAskedAt = 0;
  const impatient = () => performance.now() - firstAskedAt > 1000;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => shut(signal));
  if (process.channel) {
    // The channel is only a leash: it must not keep an otherwise finished process alive.
    process.on('disconnect', () => shut('the parent process is gone'));
  }
  return shut;
}

/** Long enough for pods to end within their own grace, short enough that a person does not reach for kill -9. */
export const shutdownBoundMs = 40_000;
