import { stringify } from 'yaml';
import { humanDuration } from '../../api/tables/duration.ts';
import type { Deployment, EndpointSlice, Event, Node, Pod, Service } from '../../api/types.ts';
import type { KubeObject } from '../../client/client.ts';
import { columns } from '../print/table.ts';
import { plainText } from '../print/text-width.ts';
import { podBody } from './pod.ts';
import { list, pairs, texts } from './pairs.ts';
import { workload } from './workload.ts';

/** What else is known about the object that is described. */
export interface Surroundings {
  events: Event[];
  /** For a node: the pods on it. */
  pods?: Pod[];
  /** For a Service: its endpoints. */
  slices?: EndpointSlice[];
  now: Date;
}

/** An object for reading: who it is, what it is, its conditions, and what has happened to it. */
export function describe(object: KubeObject, around: Surroundings): string[] {
  const { metadata } = object;
  // Messages and annotations come from others: none of them may move the cursor.
  return [
    ...pairs({
      Name: metadata?.name,
      Namespace: metadata?.namespace,
      Labels: list(metadata?.labels),
      Annotations: list(annotationsOf(object)),
      Created: metadata?.creationTimestamp,
      'Controlled by': metadata?.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`).join(', '),
    }),
    ...body(object, around),
    ...conditions(object),
    ...events(around.events, around.now),
  ].map(plainText);
}

function annotationsOf({ metadata }: KubeObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata?.annotations ?? {}).filter(
      ([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration',
    ),
  );
}

function body(object: KubeObject, around: Surroundings): string[] {
  switch (object.kind) {
    case 'Pod':
      return podBody(object as Pod);
    case 'Deployment':
    case 'ReplicaSet':
      return workload(object as Deployment);
    case 'Node':
      return node(object as Node, around.pods ?? []);
    case 'Service':
      return service(object as Service, around.slices ?? []);
    case 'Secret': {
      const { data } = object as { data?: Record<string, string> };
      return [
        'Data:',
        ...Object.entries(data ?? {}).map(
          ([key, value]) => `  ${key}: ${Buffer.from(value, 'base64').length} bytes`,
        ),
      ];
    }
    default:
      return other(object);
  }
}

function node({ spec, status, metadata }: Node, pods: Pod[]): string[] {
  const running = pods.filter(({ spec: podSpec }) => podSpec?.nodeName === metadata?.name);
  return [
    ...pairs({
      'Provider ID': spec?.providerID,
      'Pod addresses': spec?.podCIDR,
      Taints: spec?.taints
        ?.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`)
        .join('\n'),
      Unschedulable: spec?.unschedulable ? 'true' : undefined,
      Lends: list(texts(status?.allocatable)),
      System: [
        status?.nodeInfo?.operatingSystem,
        status?.nodeInfo?.architecture,
        status?.nodeInfo?.kubeletVersion,
      ]
        .filter(Boolean)
        .join(' '),
    }),
    'Pods:',
    ...columns(
      ['  NAMESPACE', 'NAME', 'PHASE'],
      running.map((one) => [
        `  ${one.metadata?.namespace}`,
        one.metadata?.name ?? '',
        one.status?.phase ?? '',
      ]),
    ),
  ];
}

function service({ spec }: Service, slices: EndpointSlice[]): string[] {
  const endpoints = slices.flatMap(({ endpoints: all, ports }) =>
    (all ?? []).flatMap((one) =>
      (ports ?? []).map(
        ({ port }) =>
          `${one.addresses[0]}:${port} ${one.targetRef?.name ?? ''} on ${one.nodeName}${one.conditions?.ready === false ? ' (not ready)' : ''}`,
      ),
    ),
  );
  return pairs({
    Selector: list(spec?.selector),
    Type: spec?.type,
    'Cluster IP': spec?.clusterIP,
    Ports: spec?.ports
      ?.map(
        ({ name, port, targetPort, protocol }) =>
          `${name ? `${name} ` : ''}${port}/${protocol} → ${targetPort}`,
      )
      .join('\n'),
    Endpoints: endpoints.length > 0 ? endpoints.join('\n') : '<none>',
    'Session affinity': spec?.sessionAffinity,
  });
}

function other(object: KubeObject): string[] {
  const { apiVersion, kind, metadata, status, ...rest } = object as KubeObject & {
    status?: { conditions?: unknown };
  };
  const { conditions: shown, ...figures } = status ?? {};
  const text = (value: object) =>
    Object.keys(value).length > 0 ? stringify(value).trimEnd().split('\n') : [];
  return [
    ...text(rest),
    ...(Object.keys(figures).length > 0 ? ['status:', ...text(figures).map((line) => `  ${line}`)] : []),
  ];
}

function conditions(object: KubeObject): string[] {
  const { status } = object as {
    status?: { conditions?: { type: string; status: string; reason?: string; message?: string }[] };
  };
  if (!status?.conditions?.length) return [];
  return [
    'Conditions:',
    ...columns(
      ['  TYPE', 'STATUS', 'REASON', 'MESSAGE'],
      status.conditions.map((one) => [`  ${one.type}`, one.status, one.reason ?? '', one.message ?? '']),
    ),
  ];
}

function events(all: Event[], now: Date): string[] {
  if (all.length === 0) return ['Events: <none>'];
  const time = (event: Event) =>
    event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';
  const sorted = all.toSorted((a, b) => (time(a) < time(b) ? -1 : 1));
  return [
    'Events:',
    ...columns(
      ['  TYPE', 'REASON', 'AGE', 'FROM', 'MESSAGE'],
      sorted.map((event) => [
        `  ${event.type}`,
        event.reason ?? '',
        `${humanDuration(Math.max(0, now.getTime() - Date.parse(time(event))))}${(event.count ?? 1) > 1 ? ` (x${event.count})` : ''}`,
        event.source?.component ?? event.reportingComponent ?? '',
        event.message ?? '',
      ]),
    ),
  ];
}
