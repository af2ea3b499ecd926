import { createSocket } from 'node:dgram';
import DHT from 'hyperdht';
import { formatAddress } from './address.ts';

/** HyperDHT wants 8-12 nodes to learn what kind of NAT it is behind. */
export const HUB_NODES = 12;

export interface Hub {
  /** What members are given as `bootstrap`: `host:port` each. */
  readonly bootstrap: string[];
  close(): Promise<void>;
}

/**
 * Runs a DHT of the cluster's own: persistent, openly reachable nodes in one process.
 *
 * @param options.host the address that members reach. `127.0.0.1` binds loopback alone.
 * @param options.port the first of `count` consecutive ports, so that a restarted hub is found where it was. Throws
 *   with the system's code where one is taken. @default any free ports
 */
export async function startHub(
  options: { host?: string; port?: number; count?: number; ports?: readonly number[] } = {},
): Promise<Hub> {
  const { host = '127.0.0.1', port, ports, count = ports?.length ?? HUB_NODES } = options;
  const bind = host === '127.0.0.1' ? host : '0.0.0.0';
  const nodes: DHT[] = [];
  const bootstrap: string[] = [];
  const close = async () => {
    for (const node of nodes.toReversed()) await node.destroy({ force: true });
  };
  try {
    for (let index = 0; index < count; index++) {
      const fixed = ports?.[index] ?? (port === undefined ? undefined : port + index);
      if (fixed !== undefined) await checkFree(fixed, bind);
      const node = new DHT({
        ephemeral: false,
        firewalled: false,
        host: bind,
        bootstrap: [...bootstrap],
        ...(fixed !== undefined && { port: fixed, anyPort: false }),
      });
      nodes.push(node);
      await node.bind();
      await node.fullyBootstrapped();
      bootstrap.push(formatAddress({ host, port: node.address()!.port }));
    }
  } catch (error) {
    await close();
    const message = `the hub could not open its DHT nodes: ${(error as Error).message}`;
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error(message, { cause: error }), code === undefined ? {} : { code });
  }
  return { bootstrap, close };
}

/** Throws, with the system's code, where the UDP port cannot be had. A DHT node that finds out by itself can neither start nor be closed any more. */
function checkFree(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const refused = new Error(`UDP port ${port} cannot be had (${error.message})`, { cause: error });
      reject(Object.assign(refused, { code: error.code }));
    });
    socket.bind(port, host, () => socket.close(() => resolve()));
  });
}
