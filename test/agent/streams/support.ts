import { text } from 'node:stream/consumers';
import type { Role } from '../../../swarm/certificate.ts';
import type { Link } from '../../../swarm/swarm.ts';
import type { SwarmMember } from '../../../swarm/member.ts';
import { testnet, type Testnet } from '../../support/testnet.ts';
import { Host } from '../pods/support.ts';
import type { AgentOptions } from '../../../agent/agent.ts';

/** A host whose data and streams handlers are reached over real links of a swarm on loopback. */
export class LinkedHost extends Host {
  readonly net: Testnet;
  readonly node: SwarmMember;

  private constructor(net: Testnet, node: SwarmMember) {
    super();
    this.net = net;
    this.node = node;
  }

  static async create(net: Testnet, options: Partial<AgentOptions> = {}): Promise<LinkedHost> {
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    const host = new LinkedHost(net, node);
    const agent = await host.ready(options);
    await node.listen({
      admit: () => {},
      handlers: { data: agent.dataHandler },
    });
    return host;
  }

  /** A data link from a new member of this role. */
  async linkFrom(role: Role, name: string = role): Promise<Link> {
    const member = await this.net.makeMember({ role, name });
    return member.dial(this.node.key, 'data');
  }

  /** The streams link as the controller has it: the host has dialled, and the controller is the HTTP/2 client. */
  async streamsLink(): Promise<Link> {
    const controller = await this.net.makeMember({ role: 'controller', name: 'controller' });
    const link = Promise.withResolvers<Link>();
    await controller.listen({ admit: () => {}, handlers: {}, onLink: link.resolve });
    this.node.keep(() => [controller.key], 'streams', this.agent.streamsHandler);
    return link.promise;
  }
}

export async function request(
  link: Link,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; text: string }> {
  const stream = link.session!.request({ ':method': method, ':path': path });
  const status = new Promise<number>((resolve, reject) => {
    stream.once('response', (headers) => resolve(Number(headers[':status'])));
    stream.once('error', reject);
  });
  stream.end(body);
  const [code, whole] = await Promise.all([status, text(stream)]);
  return { status: code, text: whole };
}

export { testnet };
