import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { send } from './web-socket.ts';

/** The bytes of another protocol in the messages of a WebSocket, of which each is a piece without meaning. */
export function tunnelOver(webSocket: WebSocket): Duplex {
  const tunnel = new Duplex({
    read: () => webSocket.resume(),
    write(chunk: Buffer, _encoding, done) {
      send(webSocket, chunk).then(() => done(), done);
    },
    final(done) {
      webSocket.close(1000);
      done();
    },
    destroy(error, done) {
      webSocket.terminate();
      done(error);
    },
  });
  webSocket.on('message', (data) => {
    if (!tunnel.push(data as Buffer)) webSocket.pause();
  });
  webSocket.once('close', () => {
    tunnel.push(null);
    tunnel.destroy();
  });
  tunnel.on('error', () => {});
  return tunnel;
}
