import { isTcp } from '../../api/service-type.ts';
import type { EndpointSlice, Node, Service } from '../../api/types.ts';
import { nodeKeyOf } from '../../api/nodes.ts';
import type { Client } from '../../client/client.ts';
import { informer, type Informer } from '../../client/informer.ts';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { Random } from '../../process/random.ts';

/** A pod that answers for a Service. */
export interface Backend {
  podUid: string;
  address: string;
  port: number;
  node: string;
}

interface Followed {
  services: Informer<Service>;
  slices: Informer<EndpointSlice>;
}

/** What is known of the Services of the namespaces whose pods are here; of others nothing is followed. */
export class Services {
  readonly #tools: { client: Client; clock: Clock; random: Random; log: Log };
  readonly #followed = new Map<string, Followed>();
  /** A name belongs to a key for as long as the host is a member. */
  readonly #keys = new Map<string, string>();
  readonly #onChange: () => void;

  constructor(tools: { client: Client; clock: Clock; random: Random; log: Log }, onChange: () => void) {
    this.#tools = tools;
    this.#onChange = onChange;
  }

  /** Follows exactly these namespaces. */
  async follow(namespaces: ReadonlySet<string>): Promise<void> {
    const { client } = this.#tools;
    for (const namespace of namespaces) {
      if (this.#followed.has(namespace)) continue;
      const services = informer<Service>(client, 'Service', { namespace }, this.#tools);
      const slices = informer<EndpointSlice>(client, 'EndpointSlice', { namespace }, this.#tools);
      this.#followed.set(namespace, { services, slices });
      services.onChange(this.#onChange);
      void services.ready().then(this.#onChange);
    }
    const unused = [...this.#followed].filter(([namespace]) => !namespaces.has(namespace));
    for (const [namespace] of unused) this.#followed.delete(namespace);
    await Promise.all(unused.flatMap(([, { services, slices }]) => [services.stop(), slices.stop()]));
  }

  all(): Service[] {
    return [...this.#followed.values()].flatMap(({ services }) => services.all());
  }

  /** The ready pods behind this address and port in the asker's namespace. */
  backends(namespace: string, address: string, port: number): Backend[] {
    const followed = this.#followed.get(namespace);
    const service = followed?.services.all().find(({ spec }) => spec?.clusterIP === address);
    const named = service?.spec?.ports?.find((each) => each.port === port && isTcp(each));
    if (!followed || !service || !named) return [];
    const own = followed.slices
      .all()
      .filter(({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === service.metadata?.name);
    return own.flatMap((slice) => backendsIn(slice, named.name ?? ''));
  }

  /** Whom to dial for this node. @throws Error where the controller cannot be asked */
  async keyOf(node: string): Promise<string> {
    const known = this.#keys.get(node);
    if (known !== undefined) return known;
    const key = nodeKeyOf(await this.#tools.client.get<Node>({ kind: 'Node', name: node }));
    if (key === undefined) throw new Error(`node ${node} says no key of its own`);
    this.#keys.set(node, key);
    return key;
  }

  stop(): Promise<void> {
    return this.follow(new Set());
  }
}

function backendsIn({ ports, endpoints }: EndpointSlice, name: string): Backend[] {
  const port = ports?.find((each) => (each.name ?? '') === name)?.port;
  if (port === undefined) return [];
  return (endpoints ?? []).flatMap(({ conditions, targetRef, nodeName, addresses }) => {
    const isReady = conditions?.ready !== false && !conditions?.terminating;
    const address = addresses[0];
    if (!isReady || !targetRef?.uid || !nodeName || address === undefined) return [];
    return [{ podUid: targetRef.uid, address, port, node: nodeName }];
  });
}
