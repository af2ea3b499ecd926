import type { Duplex, Readable, Writable } from 'node:stream';
import type { Status } from '../../../api/types.ts';
import { framesOf, frameKinds, roomIn, writeFrame, type SessionExit } from '../../../swarm/session-frames.ts';
import type { CommandChannels } from './channels.ts';

/**
 * Copies between a caller and the agent's stream until the command has ended and the caller has all of it, or the caller leaves:
 * then the agent ends the command. Never rejects; what breaks is told to the caller as a Status.
 */
export async function runRemoteCommand(
  node: Duplex,
  channels: CommandChannels,
  signal: AbortSignal,
): Promise<void> {
  const cut = () => {
    node.destroy();
    channels.cut();
  };
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  void channels.gone.then(() => node.destroy());
  node.on('error', () => {});
  channels.onResize((size) => {
    // A terminal's size is a handful of bytes: it needs no waiting.
    if (!node.destroyed) void writeFrame(node, frameKinds.resize, Buffer.from(JSON.stringify(size)));
  });
  if (channels.stdin) sendInput(channels.stdin, node).catch(() => node.destroy());
  try {
    await channels.finish(statusOf(await takeOutput(node, channels)));
  } catch (error) {
    await channels.finish(brokenOff(error as Error)).catch(() => channels.cut());
  } finally {
    signal.removeEventListener('abort', cut);
    node.destroy();
  }
}

async function sendInput(stdin: Readable, node: Writable): Promise<void> {
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    if (node.destroyed) return;
    await writeFrame(node, frameKinds.stdin, chunk);
  }
  if (!node.destroyed) await writeFrame(node, frameKinds.stdinEnd, Buffer.alloc(0));
}

async function takeOutput(node: Duplex, channels: CommandChannels): Promise<SessionExit> {
  for await (const { kind, content } of framesOf(node)) {
    if (kind === frameKinds.exit) return JSON.parse(content.toString('utf8')) as SessionExit;
    const to =
      kind === frameKinds.stdout ? channels.stdout : kind === frameKinds.stderr ? channels.stderr : undefined;
    // What nobody asked for is read all the same, or the command would wait for a reader.
    if (to && !to.destroyed && !to.write(content)) await roomIn(to);
  }
  throw new Error('the node broke off before the command ended');
}

/** As the kubelet words it: clients read the exit code from `causes`. Source: k8s.io/kubelet/pkg/cri/streaming/remotecommand */
export function statusOf({ code, message }: SessionExit): Status {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${message ?? `exit code ${code}`}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

function brokenOff(error: Error): Status {
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${error.message}`,
    reason: 'InternalError',
    details: { causes: [{ message: error.message }] },
    code: 500,
  };
}
