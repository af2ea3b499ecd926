import DHT from 'hyperdht';
import type { KeyPair } from './keys.ts';
import { keyBytes, keyId } from './keys.ts';
import type { Role } from './certificate.ts';

/** Anyone can announce under a topic: a look-up that returns more than this is somebody's flood. */
const FOUND_MAX = 16;

/** Where members of a role look for each other: 32 bytes that only those who know the cluster key can name. */
export function roleTopic(clusterKey: string, role: Role): Buffer {
  return DHT.hash(Buffer.concat([Buffer.from(`kith ${role}\0`), keyBytes(clusterKey)]));
}

export async function announceTopic(dht: DHT, topic: Buffer, keyPair: KeyPair): Promise<void> {
  await dht.announce(topic, keyPair, []).finished();
}

/** The keys announced under `topic`, unproved. */
export async function lookUpTopic(dht: DHT, topic: Buffer): Promise<string[]> {
  const found = new Set<string>();
  for await (const { peers } of dht.lookup(topic)) {
    for (const { publicKey } of peers) if (found.size < FOUND_MAX) found.add(keyId(publicKey));
  }
  return [...found];
}
