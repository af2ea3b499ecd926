import { isTcp } from '../api/service-type.ts';
import type { EndpointSlice, Node, Service, ServicePort } from '../api/types.ts';

/** One pod's port that can answer for an app. */
export interface AppEndpoint {
  /** Stable while the pod lives: `<pod uid>:<port>`. */
  id: string;
  podUid: string;
  podName: string;
  /** The pod's address: a name for the tunnel, not a route. */
  address: string;
  port: number;
  node: string;
  /** Public key of the node, hex: whom to dial. */
  nodeKey: string;
}

/** One Service as the gateway sees it. */
export interface App {
  namespace: string;
  service: string;
  /** `members`, `public`, or names of people. */
  openTo: string[];
  sessionAffinity: boolean;
  /** Pages of other sites may send it what changes something (cross-site.ts). */
  crossSite: boolean;
  /** Those that are ready. */
  endpoints: AppEndpoint[];
  /** How many more there are that are not ready. */
  waiting: number;
}

/** Every app by `namespace/service`: plain data, so that it can be kept on disk while the controller is away. */
export type Directory = Record<string, App>;

export const openToAnnotation = 'kith.home.arpa/open-to';
/** `allow` lets pages of other sites send the app what changes something. @default refused */
export const crossSiteAnnotation = 'kith.home.arpa/cross-site';

/** What the API's objects mean for the gateway. */
export function directoryOf(services: Service[], slices: EndpointSlice[], nodes: Node[]): Directory {
  const keys = new Map(nodes.map((node) => [node.metadata?.name ?? '', nodeKey(node)]));
  const directory: Directory = {};
  const ports = new Map<App, ServicePort>();
  for (const service of services) {
    const port = httpPort(service.spec?.ports ?? []);
    const { name, namespace, annotations } = service.metadata ?? {};
    if (!port || !name || !namespace) continue;
    const app: App = {
      namespace,
      service: name,
      openTo: openTo(service),
      sessionAffinity: service.spec?.sessionAffinity === 'ClientIP',
      crossSite: annotations?.[crossSiteAnnotation] === 'allow',
      endpoints: [],
      waiting: 0,
    };
    directory[`${namespace}/${name}`] = app;
    ports.set(app, port);
  }
  for (const slice of slices) {
    const { namespace, labels } = slice.metadata ?? {};
    const app = directory[`${namespace}/${labels?.['kubernetes.io/service-name']}`];
    if (!app) continue;
    const wanted = ports.get(app)!.name ?? '';
    const port = slice.ports?.find(({ name }) => (name ?? '') === wanted)?.port;
    for (const endpoint of slice.endpoints ?? []) {
      // One that ends never comes back: nobody waits for it.
      if (endpoint.conditions?.terminating) continue;
      const key = keys.get(endpoint.nodeName ?? '');
      const address = endpoint.addresses[0];
      const { uid, name } = endpoint.targetRef ?? {};
      if (endpoint.conditions?.ready === false || !key || !port || !address || !uid) {
        app.waiting += 1;
        continue;
      }
      // While slices are rewritten one pod may stand in two of them.
      if (app.endpoints.some(({ podUid }) => podUid === uid)) continue;
      app.endpoints.push({
        id: `${uid}:${port}`,
        podUid: uid,
        podName: name ?? uid,
        address,
        port,
        node: endpoint.nodeName!,
        nodeKey: key,
      });
    }
  }
  return directory;
}

/** The port that a browser means: the one that says http, else 80, else the first that speaks TCP. */
export function httpPort(ports: ServicePort[]): ServicePort | undefined {
  const tcp = ports.filter(isTcp);
  return (
    tcp.find(
      ({ name, appProtocol }) =>
        name === 'http' || appProtocol === 'http' || appProtocol === 'kubernetes.io/ws',
    ) ??
    tcp.find(({ port }) => port === 80) ??
    tcp[0]
  );
}

/** Whom a Service is open to: `members` where it says nothing. */
export function openTo(service: Service): string[] {
  const text = service.metadata?.annotations?.[openToAnnotation] ?? 'members';
  return text.split(',').flatMap((part) => (part.trim() ? [part.trim()] : []));
}

/** Whether the owner of a gateway may open the app. Every gateway belongs to a member. */
export function mayOpen(app: Pick<App, 'openTo'>, owner: string): boolean {
  return app.openTo.some((who) => who === 'public' || who === 'members' || who === owner);
}

function nodeKey(node: Node): string | undefined {
  return /^kith:\/\/([0-9a-f]{64})$/.exec(node.spec?.providerID ?? '')?.[1];
}
