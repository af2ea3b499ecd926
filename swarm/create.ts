import { createDht } from './dht.ts';
import { protocol as ownProtocol } from './hello.ts';
import { defaultLimits } from './limits.ts';
import { SwarmMember } from './member.ts';
import type { SwarmOptions } from './options.ts';

/** Brings a member into the swarm: one key, one DHT node. Does not wait for the DHT to answer: dialling does. */
export async function createSwarm(options: SwarmOptions): Promise<SwarmMember> {
  const dht = createDht(options);
  await dht.bind();
  const { limits, protocol = ownProtocol } = options;
  return new SwarmMember({ ...options, dht, protocol, limits: { ...defaultLimits, ...limits } });
}
