import type { Socket } from 'node:net';

type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/**
 * Holds a server's connections to a number. Beyond it the one goes that has had no request under way for longest, so that nobody can
 * keep others out by connections that ask for nothing; where all have one, the newest.
 */
export class Connections {
  readonly #max: number;
  /** By who is at the other end: a TLS socket and an HTTP/2 session know that too, but not the socket below them. */
  readonly #sockets = new Map<string, Socket>();
  /** Those without a request, in the order in which they came to be so. */
  readonly #idle = new Set<string>();
  readonly #requests = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#sockets.size;
  }

  add(socket: Socket): void {
    const name = nameOf(socket);
    this.#sockets.set(name, socket);
    this.#idle.add(name);
    socket.once('close', () => {
      if (this.#sockets.get(name) === socket) this.#forget(name);
    });
    if (this.#sockets.size <= this.#max) return;
    const oldest = this.#idle.values().next().value!;
    const leaving = this.#sockets.get(oldest);
    this.#forget(oldest);
    leaving?.destroy();
  }

  /** Counts the connection no longer; it lives on. */
  remove(peer: Peer): void {
    this.#forget(nameOf(peer));
  }

  /** A request began on the connection. The returned function ends it. */
  begin(peer: Peer): () => void {
    const name = nameOf(peer);
    const socket = this.#sockets.get(name);
    if (!socket) return () => {};
    this.#requests.set(name, (this.#requests.get(name) ?? 0) + 1);
    this.#idle.delete(name);
    return () => {
      if (this.#sockets.get(name) !== socket) return;
      const left = this.#requests.get(name)! - 1;
      this.#requests.set(name, left);
      if (left === 0) this.#idle.add(name);
    };
  }

  #forget(name: string): void {
    this.#sockets.delete(name);
    this.#idle.delete(name);
    this.#requests.delete(name);
  }
}

function nameOf({ remoteAddress, remotePort }: Peer): string {
  return `${remoteAddress} ${remotePort}`;
}
