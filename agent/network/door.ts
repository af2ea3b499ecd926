import { execFile, spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DoorView } from './view.ts';

const run = promisify(execFile);

/** All addresses of Services; `controller/apiserver/resources/cluster-ips.ts` gives them out. */
const serviceRange = '10.96.0.0/12';
/** Of the last words of a helper. */
const wordsMax = 1_000;

/** Somebody in a container connected to the address of a Service. */
export interface Caller {
  /** The container's address. */
  from: string;
  /** The Service's. */
  to: string;
  port: number;
  socket: Socket;
}

/** The helper in its namespace, and the wires to it. */
export class Door {
  readonly #child: ChildProcess;
  /** Why it is no more. */
  readonly ended: Promise<string>;

  private constructor(child: ChildProcess, ended: Promise<string>) {
    this.#child = child;
    this.ended = ended;
  }

  /** @throws Error where no namespace or route can be made, with the system's words */
  static async open(options: {
    onCaller: (caller: Caller) => void;
    onTrouble: (why: string) => void;
  }): Promise<Door> {
    const script = fileURLToPath(
      new URL(import.meta.url.endsWith('.ts') ? './child/door.ts' : './child/door.js', import.meta.url),
    );
    const setUp = `ip link set lo up && ip route add local ${serviceRange} dev lo && exec "$0" --disable-warning=ExperimentalWarning "$1"`;
    const child = spawn('unshare', ['--net', '--', 'sh', '-c', setUp, process.execPath, script], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'] },
    });
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-wordsMax)));
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal} ${words.trim()}`));
    });
    const ready = new Promise<void>((resolve) => {
      child.on(
        'message',
        (
          said: { ready?: true; failed?: string; from?: string; to?: string; port?: number },
          handle?: unknown,
        ) => {
          if (said.ready) return resolve();
          if (said.failed !== undefined) return options.onTrouble(said.failed);
          const socket = handle as Socket | undefined;
          // The caller was gone before it came over.
          if (!socket) return;
          socket.allowHalfOpen = true;
          options.onCaller({ from: said.from!, to: said.to!, port: said.port!, socket });
        },
      );
    });
    const failure = await Promise.race([ready, ended]);
    if (failure !== undefined) throw new Error(failure);
    return new Door(child, ended);
  }

  /** What may be known and reached from now on. */
  show(view: DoorView): void {
    if (this.#child.connected) this.#child.send(view);
  }

  /**
   * Lays a wire into the network namespace of this process, with an address at its end from which only Services are reached. It goes
   * with that namespace. @throws Error with the words of `ip`
   */
  async wire(pid: number, { name, address }: { name: string; address: string }): Promise<void> {
    const door = String(this.#child.pid);
    // Of a door that has just gone there may still be one.
    await inside(String(pid), ['ip link del eth0 2>/dev/null || true']);
    const link = `link add ${name} netns ${door} type veth peer name eth0 netns ${pid}`;
    await run('ip', link.split(' '));
    await inside(String(pid), [
      `ip addr add ${address}/32 dev eth0`,
      'ip link set eth0 up',
      `ip route add ${serviceRange} dev eth0 src ${address}`,
    ]);
    await inside(door, [`ip link set ${name} up`, `ip route replace ${address}/32 dev ${name}`]);
  }

  /** Takes a wire away before its address is given to another; one that is gone already is no error. */
  async cut(name: string): Promise<void> {
    await inside(String(this.#child.pid), [`ip link del ${name}`]).catch(() => {});
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

/** The helper's binaries are the host's: only the network is another. */
const inside = (pid: string, commands: string[]) =>
  run('nsenter', ['-t', pid, '-n', '--', 'sh', '-c', commands.join(' && ')]);
