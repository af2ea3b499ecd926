import { badRequest, unavailable } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { EndpointSlice, Pod, Service } from '../../../api/types.ts';
import type { Resource } from '../resources/metadata.ts';

/** Where a request through `pods/proxy` or `services/proxy` goes. */
export interface ProxyTarget {
  pod: Pod;
  port: number;
}

/** What is stored, as the target is looked for in it. */
export interface TargetReader {
  get(kind: 'Pod' | 'Service', name: string): Resource;
  find(kind: 'Pod', name: string): Resource | undefined;
  /** The slices of a Service. */
  slices(service: string): Promise<readonly EndpointSlice[]>;
  /** Whether its host is connected now. */
  isReachable(pod: Pod): boolean;
}

interface Asked {
  name: string;
  /** A number, or at Services a name. */
  port: string;
}

/** Where nobody names a port and the pod declares none: HTTP's own. */
const httpPort = 80;

/**
 * Reads `web`, `web:8080`, `http:web:8080` and finds the pod and its port as Kubernetes does.
 *
 * Source: pkg/registry/core/pod/strategy.go and service/storage/storage.go (`ResourceLocation`)
 *
 * @throws ApiError
 */
export async function proxyTarget(kind: Kind, id: string, reader: TargetReader): Promise<ProxyTarget> {
  const asked = askedFor(kind, id);
  return kind.kind === 'Pod' ? ofPod(asked, reader) : ofService(id, asked, reader);
}

function askedFor(kind: Kind, id: string): Asked {
  const parts = id.split(':');
  const [scheme, name, port] = parts.length === 3 ? parts : ['', ...parts];
  if (!name || parts.length > 3 || !['', 'http', 'https'].includes(scheme!))
    throw badRequest(`invalid ${kind.kind.toLowerCase()} request ${JSON.stringify(id)}`);
  if (scheme === 'https')
    throw badRequest(
      `${JSON.stringify(id)}: kith speaks HTTP to apps, not HTTPS: leave "https:" out, or use kubectl port-forward`,
    );
  return { name, port: port ?? '' };
}

function ofPod({ name, port }: Asked, reader: TargetReader): ProxyTarget {
  const pod = reader.get('Pod', name) as Pod;
  const declared = pod.spec?.containers?.find(({ ports }) => ports?.length)?.ports?.[0]?.containerPort;
  const number = port === '' ? (declared ?? httpPort) : Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    throw badRequest(`${JSON.stringify(port)} is no port of a pod: a number from 1 to 65535`);
  return { pod, port: number };
}

async function ofService(id: string, { name, port }: Asked, reader: TargetReader): Promise<ProxyTarget> {
  const service = reader.get('Service', name) as Service;
  let portName = port;
  if (/^[+-]?\d+$/.test(port)) {
    const found = service.spec?.ports?.find((each) => each.port === Number(port));
    if (!found)
      throw unavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`);
    portName = found.name ?? '';
  }
  const slices = await reader.slices(name);
  const ready = slices.flatMap(({ ports, endpoints }) => {
    const found = ports?.find((each) => (each.name ?? '') === portName)?.port;
    if (found === undefined) return [];
    return (endpoints ?? [])
      .filter(({ conditions, targetRef }) => conditions?.ready !== false && targetRef?.kind === 'Pod')
      .map(({ targetRef }) => ({ name: targetRef!.name!, uid: targetRef!.uid, port: found }));
  });
  const pods = ready.flatMap(({ name: podName, uid, port: number }) => {
    const pod = reader.find('Pod', podName) as Pod | undefined;
    const isTheOne = pod && (uid === undefined || pod.metadata?.uid === uid);
    return isTheOne ? [{ pod, port: number }] : [];
  });
  const target = pods.find(({ pod }) => reader.isReachable(pod)) ?? pods[0];
  if (target) return target;
  throw unavailable(
    slices.every(({ endpoints }) => !endpoints?.length)
      ? `no endpoints available for service ${JSON.stringify(name)}`
      : `no endpoints available for service ${JSON.stringify(id)}`,
  );
}
