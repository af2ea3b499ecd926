import DHT from 'hyperdht';
import { formatAddress } from './dht.ts';

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
 *   where one is taken. @default any free ports
 */
export async function startHub(
  options: { host?: string; port?: number; count?: number; ports?: readonly number[] } = {},
): Promise<Hub> {
  const { host = '127.0.0.1', port, ports, count = ports?.length ?? HUB_NODES } = options;
  const nodes: DHT[] = [];
  const bootstrap: string[] = [];
  const close = async () => {
    // One that could not bind fails to close as well.
    for (const node of nodes.toReversed()) await node.destroy({ force: true }).catch(() => {});
  };
  try {
    for (let index = 0; index < count; index++) {
      const fixed = ports?.[index] ?? (port === undefined ? undefined : port + index);
      const node = new DHT({
        ephemeral: false,
        firewalled: false,
        host: host === '127.0.0.1' ? host : '0.0.0.0',
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
    throw new Error(`the hub could not open its DHT nodes: ${(error as Error).message}`, { cause: error });
  }
  return { bootstrap, close };
}
