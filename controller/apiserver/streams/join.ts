import type { Duplex } from 'node:stream';

/**
 * Copies both ways until both have ended, each by itself; when either breaks the other is cut. Rejects where the inner one broke
 * before its end; the caller that leaves is no failure.
 */
export function joinStreams(caller: Duplex, inside: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    inside.once('error', (error) => {
      failure = error;
    });
    caller.on('error', () => {});
    caller.once('close', () => {
      inside.destroy();
      resolve();
    });
    inside.once('close', () => {
      if (failure && !inside.readableEnded) return reject(failure);
      // What it had sent is on its way to the caller, who closes when it has read it.
      resolve();
    });
    inside.pipe(caller);
    caller.pipe(inside);
  });
}
