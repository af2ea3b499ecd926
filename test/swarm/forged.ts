import { createRequire } from 'node:module';
import DHT from 'hyperdht';
import { certifiedHandshake } from '../../swarm/handshake.ts';
import { createKeyPair, keyBytes, type KeyPair } from '../../swarm/keys.ts';

// Upstream publishes no types, and kith itself has no use for these.
const require = createRequire(import.meta.url);
const { encode } = require('compact-encoding') as { encode: (codec: unknown, value: unknown) => Buffer };
const { handshake } = require('hyperdht/lib/messages.js') as { handshake: unknown };
const PEER_HANDSHAKE = 0;
const FROM_RELAY = 2;

/** Below `dht.request`, which sends no faster than it is answered; an attacker does not wait. */
interface DhtInside {
  io: { createRequest(...request: unknown[]): { send(force: boolean): void } };
}

/** First messages of handshakes, each of a new key, that say to have been relayed for whoever is at `peerAddress`. */
export async function flood(options: {
  /** Whose socket sends them. */
  dht: DHT;
  /** The server's key, and where it is. */
  key: string;
  port: number;
  count: number;
  peerAddress?: { host: string; port: number };
  shown?: (keyPair: KeyPair) => Buffer | undefined;
}): Promise<void> {
  const { dht, key, port, count, peerAddress = { host: '127.0.0.1', port: 9 }, shown } = options;
  const payload = {
    error: 0,
    firewall: 1,
    udx: { id: 1, seq: 0, reusableSocket: false },
    secretStream: {},
  } as unknown as Parameters<ReturnType<ReturnType<typeof certifiedHandshake>>['send']>[0];
  const { io } = dht as unknown as DhtInside;
  for (let sent = 0; sent < count; sent++) {
    const keyPair = createKeyPair();
    const noise = certifiedHandshake(shown?.(keyPair))(keyPair, keyBytes(key)).send(payload);
    const value = encode(handshake, { mode: FROM_RELAY, noise, peerAddress, relayAddress: null });
    const target = DHT.hash(keyBytes(key));
    io.createRequest({ host: '127.0.0.1', port }, null, false, PEER_HANDSHAKE, target, value, null).send(
      true,
    );
    // A socket's buffer holds some hundred of them.
    if (sent % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
}
