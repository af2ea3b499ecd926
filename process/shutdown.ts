let onGone: ((reason: string) => void) | undefined;
let following = false;

/**
 * Ends this process when the one that spawned it with a channel (its leash) is gone: in order where `onShutdown` was called by
 * then, else at once. Programs call it first thing: a parent that dies while we still load would never be missed later.
 */
export function followParent(): void {
  if (!process.channel || following) return;
  following = true;
  process.once('disconnect', () => (onGone ? onGone('the parent process is gone') : process.exit(1)));
  // The channel is only a leash: it must not keep an otherwise finished process alive.
  process.channel.unref();
}

/**
 * Runs `stop` once when this process is told to end: SIGTERM, SIGINT, SIGHUP, or the parent that spawned it with a channel is
 * gone; then exits with the code that `stop` gives, 0 by default. A second signal, or `boundMs` without an end, exits at once with code 1. Returns how to stop by the program's own wish.
 */
export function onShutdown(
  stop: (reason: string) => Promise<number | void>,
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
      (code) => process.exit(code ?? 0),
      (error: unknown) => {
        process.stderr.write(`kith: could not stop cleanly: ${(error as Error)?.message ?? String(error)}\n`);
        process.exit(1);
      },
    );
  };
  let firstAskedAt = 0;
  const impatient = () => performance.now() - firstAskedAt > 1000;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => shut(signal));
  // A parent that died took the readers of what we say with it: that must not end us before we have stopped in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  onGone = shut;
  followParent();
  return shut;
}

/** Long enough for pods to end within their own grace, short enough that a person does not reach for kill -9. */
export const shutdownBoundMs = 40_000;
