import { types } from './http.ts';
import { cli, clocks, filesystem, io, random, sockets, type Pollable } from './shim.ts';
import { nextTurn } from './time.ts';

/** What one component may reach: time, chance, its own environment and output, and the answer it gives. Nothing else. */
export function hostImports(
  env: Record<string, string>,
  write: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void,
): Record<string, unknown> {
  const to = (stream: 'stdout' | 'stderr') => ({
    write: (bytes: Uint8Array) => write(stream, bytes),
    blockingFlush() {},
    flush() {},
  });
  const own = cli.createCli({ environment: env, arguments: [], stdout: to('stdout'), stderr: to('stderr') });
  return {
    'wasi:cli/environment': own.environment,
    'wasi:cli/exit': own.exit,
    'wasi:cli/stdin': own.stdin,
    'wasi:cli/stdout': own.stdout,
    'wasi:cli/stderr': own.stderr,
    'wasi:cli/terminal-input': own.terminalInput,
    'wasi:cli/terminal-output': own.terminalOutput,
    'wasi:cli/terminal-stdin': own.terminalStdin,
    'wasi:cli/terminal-stdout': own.terminalStdout,
    'wasi:cli/terminal-stderr': own.terminalStderr,
    'wasi:clocks/monotonic-clock': clocks.monotonicClock,
    'wasi:clocks/wall-clock': clocks.wallClock,
    'wasi:filesystem/preopens': { getDirectories: () => [] },
    'wasi:filesystem/types': filesystem.types,
    'wasi:http/outgoing-handler': {
      // Where allow-listed egress will belong. The shim's own would call fetch.
      handle() {
        throw { tag: 'HTTP-request-denied' };
      },
    },
    'wasi:http/types': types,
    'wasi:io/error': io.error,
    'wasi:io/poll': { Pollable: io.poll.Pollable, poll },
    'wasi:io/streams': io.streams,
    'wasi:random/random': random.random,
    'wasi:random/insecure': random.insecure,
    'wasi:random/insecure-seed': random.insecureSeed,
    'wasi:sockets/instance-network': sockets.instanceNetwork,
    'wasi:sockets/ip-name-lookup': sockets.ipNameLookup,
    'wasi:sockets/network': sockets.network,
    'wasi:sockets/tcp': sockets.tcp,
    'wasi:sockets/tcp-create-socket': sockets.tcpCreateSocket,
    'wasi:sockets/udp': sockets.udp,
    'wasi:sockets/udp-create-socket': sockets.udpCreateSocket,
  };
}

/** The shim's waits a timer's millisecond where something is ready at once; one turn of the event loop is enough. */
async function poll(pollables: Pollable[]): Promise<Uint32Array> {
  const ready = () => Uint32Array.from(pollables.flatMap((each, index) => (each.ready() ? [index] : [])));
  const now = ready();
  if (now.length > 0) {
    await nextTurn();
    return now;
  }
  await Promise.race(pollables.map((pollable) => pollable.block()));
  return ready();
}
