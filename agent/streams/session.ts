import type { ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { framesOf, frameKinds, roomIn, terminalSize, writeFrame } from '../../swarm/session-frames.ts';
import { resetStream } from '../../swarm/tunnel.ts';
import type { Clock, Timer } from '../../process/clock.ts';
import type { Pods } from '../pods/pods.ts';
import type { PodWorker } from '../pods/worker/worker.ts';
import type { RunningContainer, Session } from '../sandbox/sandbox.ts';
import { answer } from './answer.ts';

/** Each costs a process in a container and some buffers; the controller passes on those of all people. */
export const sessionsMax = 64;
/** As the kubelet's streamingConnectionIdleTimeout: somebody forgot a shell. */
export const sessionIdleMsMax = 4 * 60 * 60 * 1000;
const idleCheckMs = 60_000;

/**
 * Serves `POST /exec/{namespace}/{pod}/{container}?command=…&stdin=&tty=` and `POST /attach/…`: the stream carries the frames of
 * `swarm/session-frames.ts`. A sandbox that cannot is said so by 501 and its name, before anything begins.
 */
export function sessionHandler(options: {
  pods: Pick<Pods, 'named'>;
  clock: Clock;
  sessionsMax?: number;
  idleMsMax?: number;
}) {
  const { pods, clock } = options;
  const max = options.sessionsMax ?? sessionsMax;
  let sessions = 0;

  return async (stream: ServerHttp2Stream, url: URL): Promise<void> => {
    const [, topic = '', namespace = '', pod = '', container = ''] = url.pathname
      .split('/')
      .map(decodeURIComponent);
    const found = findContainer(pods, namespace, pod, container, url.searchParams.get('uid'));
    if ('status' in found) return answer(stream, found.status, found.problem);
    const { worker, running } = found;
    const open = topic === 'exec' ? opensCommand(running, url) : opensConsole(running, worker, url);
    if ('status' in open) return answer(stream, open.status, open.problem);
    if (sessions >= max)
      return answer(
        stream,
        503,
        `this host already serves ${max} sessions of exec and attach; end one of them`,
      );
    sessions++;
    stream.once('close', () => sessions--);
    let session: Session;
    try {
      session = await open.begin();
    } catch (error) {
      return answer(stream, 500, (error as Error).message);
    }
    // The caller left while it began: nothing must go on unseen.
    if (stream.destroyed) return session.close();
    await serveSession(stream, session, clock, options.idleMsMax ?? sessionIdleMsMax, worker.sandboxGone);
  };
}

type Problem = { status: number; problem: string };

function findContainer(
  pods: Pick<Pods, 'named'>,
  namespace: string,
  pod: string,
  container: string,
  uid: string | null,
): { worker: PodWorker; running: RunningContainer } | Problem {
  const worker = pods.named(namespace, pod);
  if (!worker || (uid !== null && worker.uid !== uid))
    return { status: 404, problem: `pod "${namespace}/${pod}" is not on this host` };
  const running = worker.sandbox?.containers.get(container);
  if (!running)
    return {
      status: 400,
      problem: `container not found ("${container}"): in pod ${pod} it is not running; kubectl describe pod ${pod} says why`,
    };
  return { worker, running };
}

function opensCommand(running: RunningContainer, url: URL): Problem | { begin: () => Promise<Session> } {
  const command = url.searchParams.getAll('command');
  if (!running.exec)
    return {
      status: 501,
      problem: `the sandbox ${sandboxOf(running)} of container ${running.name} runs one program and no further commands: exec and cp need a pod with runtimeClassName: podman`,
    };
  if (command.length === 0) return { status: 400, problem: 'you must name a command to run' };
  return { begin: () => running.exec!(command, wanted(url)) };
}

function opensConsole(
  running: RunningContainer,
  worker: PodWorker,
  url: URL,
): Problem | { begin: () => Promise<Session> } {
  if (!running.console)
    return {
      status: 501,
      problem: `the sandbox ${sandboxOf(running)} of container ${running.name} has no streams to attach to: kubectl logs -f ${worker.local.name} shows what it prints`,
    };
  return { begin: () => running.console!(wanted(url)) };
}

const sandboxOf = ({ id }: RunningContainer) => id.split(':')[0];

function wanted(url: URL): { stdin: boolean; tty: boolean } {
  const flag = (name: string) => url.searchParams.get(name) === 'true';
  return { stdin: flag('stdin'), tty: flag('tty') };
}

/** Copies both ways until the command has ended and all that it wrote is sent, or the caller leaves. */
async function serveSession(
  stream: ServerHttp2Stream,
  session: Session,
  clock: Clock,
  idleMsMax: number,
  gone: Promise<void>,
): Promise<void> {
  let lastAt = clock.now();
  const touch = () => (lastAt = clock.now());
  const cut = (why: string) => resetStream(stream, new Error(why));
  const idle: Timer = clock.every(Math.min(idleCheckMs, idleMsMax), () => {
    if (clock.now() - lastAt >= idleMsMax) cut('the session was idle for too long');
  });
  let isOver = false;
  const over = () => {
    if (isOver) return;
    isOver = true;
    idle.cancel();
    session.close();
  };
  stream.once('close', over);
  void gone.then(() => {
    // What the app wrote last, and its exit code, may still be on their way.
    const late = clock.after(lastWordsMsMax, () => cut('the pod has ended'));
    stream.once('close', () => late.cancel());
  });
  session.stdin?.on('error', () => {});
  stream.respond({ ':status': 200, 'content-type': 'application/octet-stream' });
  takeInput(stream, session, touch).catch(() => cut('the session’s input could not be read'));
  try {
    await Promise.all([
      sendOutput(stream, frameKinds.stdout, session.stdout, touch),
      session.stderr && sendOutput(stream, frameKinds.stderr, session.stderr, touch),
    ]);
    const exit = await session.exited;
    await writeFrame(stream, frameKinds.exit, Buffer.from(JSON.stringify(exit)));
    stream.end();
    // Input that nobody reads any more must not hold the stream open.
    stream.resume();
  } catch (error) {
    cut((error as Error).message);
  }
}

/** A pod's sandbox may go a moment before its last output is read. */
const lastWordsMsMax = 2_000;

async function takeInput(stream: ServerHttp2Stream, session: Session, touch: () => void): Promise<void> {
  for await (const { kind, content } of framesOf(stream)) {
    touch();
    if (kind === frameKinds.resize) {
      const size = terminalSize(content);
      // A size comes again with the next change; a command that has just ended has no terminal.
      if (size) await session.resize?.(size).catch(() => {});
    } else if (kind === frameKinds.stdinEnd) session.stdin?.end();
    else if (kind === frameKinds.stdin && session.stdin?.writable) {
      if (!session.stdin.write(content)) await roomIn(session.stdin);
    }
  }
}

async function sendOutput(
  stream: ServerHttp2Stream,
  kind: typeof frameKinds.stdout | typeof frameKinds.stderr,
  output: Readable,
  touch: () => void,
): Promise<void> {
  for await (const chunk of output as AsyncIterable<Buffer>) {
    touch();
    if (stream.destroyed) return;
    await writeFrame(stream, kind, chunk);
  }
}
