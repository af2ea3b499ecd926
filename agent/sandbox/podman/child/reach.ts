import { connect } from 'node:net';

/**
 * Runs inside a container's network namespace, where 127.0.0.1 is the container's own: connects to the ports that it is asked for
 * and hands over the sockets. It has nothing of the container's files, and the container sees nothing of it.
 */
process.on('message', ({ id, port }: { id: number; port: number }) => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  socket.once('error', (error) => process.send?.({ id, error: error.message }));
  socket.once('connect', () => process.send?.({ id }, socket));
});
// The agent has gone, or needs it no more.
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
