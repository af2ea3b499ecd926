import type { Duplex } from 'node:stream';
import type { Clock } from '../process/clock.ts';

/** A client that has its answer closes its side within a round trip on this machine. */
const lingerMs = 1_000;

/**
 * Ends a connection that has been upgraded and is not to become bytes: says the last words, and waits a moment for the client to
 * close its side, which Node no longer does for such a connection.
 */
export function hangUp(socket: Duplex, clock: Clock, lastWords?: string): void {
  if (socket.destroyed) return;
  const timer = clock.after(lingerMs, () => socket.destroy());
  socket.once('close', () => timer.cancel());
  // What the client still says is read and dropped: unread, it would make the system cut the answer short.
  socket.resume();
  socket.end(lastWords);
}
