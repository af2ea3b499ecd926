import DHT from 'hyperdht';
import { parseAddress } from './address.ts';

export interface DhtOptions {
  /** The cluster's own nodes, `host:port`. Absent or empty: the public ones of HyperDHT. */
  bootstrap?: readonly string[] | undefined;
  /** Address to bind; `127.0.0.1` keeps everything on this machine. @default all interfaces */
  host?: string | undefined;
  /** UDP port to try first. @default 49737, or any free one */
  port?: number | undefined;
}

/** A member's DHT node. It only asks: what holds the records are the bootstrap nodes and their like. */
export function createDht({ bootstrap, host, port }: DhtOptions): DHT {
  return new DHT({
    // A home host that stored other people's records would cost memory, and take them along whenever it sleeps.
    ephemeral: true,
    ...(bootstrap?.length && { bootstrap: bootstrap.map(parseAddress) }),
    ...(host && { host }),
    ...(port && { port }),
    // Links have heartbeats of their own.
    connectionKeepAlive: false,
  });
}

/** Of each kind; a ping that is lost is not repeated. */
const ASKED = 3;

/**
 * Whether any DHT node answers now. `fullyBootstrapped()` does not tell: it resolves with nobody there.
 * Takes up to some seconds when nobody answers.
 */
export async function isDhtReachable(dht: DHT): Promise<boolean> {
  const known = [...dht.bootstrapNodes.slice(0, ASKED), ...dht.toArray({ limit: ASKED })];
  try {
    await Promise.any(known.map((node) => dht.ping(node, { retry: false })));
    return true;
  } catch {
    // None of them answered: that is the answer.
    return false;
  }
}
