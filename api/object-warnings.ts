import type { Kind } from './kinds.ts';
import { hasNodePorts, isTcp } from './service-type.ts';
import type { EndpointSlice, Pod, Secret, Service } from './types.ts';

/**
 * What is valid in an object and yet not as its writer may think, in Kubernetes' words where it has some. Told once the object has been accepted.
 * Source: `WarningsOnCreate` of the strategies in pkg/registry, and pkg/api/<kind>/warnings.go
 */
export function objectWarnings(kind: Kind, object: object): string[] {
  switch (kind.type) {
    case 'EndpointSlice':
      return (object as EndpointSlice).addressType === 'FQDN'
        ? ['spec.addressType: FQDN endpoints are deprecated']
        : [];
    case 'Pod':
      return ((object as Pod).spec?.volumes ?? [])
        .filter(({ projected }) => projected && !projected.sources?.length)
        .map(({ name }) => `volume "${name}" (Projected) has no sources provided`);
    case 'Secret':
      return ofSecret(object as Secret);
    case 'Service':
      return ofService(object as Service);
    default:
      return [];
  }
}

function ofSecret({ type, data }: Secret): string[] {
  if (type !== 'kubernetes.io/tls') return [];
  const certificate = Buffer.from(data?.['tls.crt'] ?? '', 'base64').toString('latin1');
  return certificate.includes('-----BEGIN') ? [] : ['tls: failed to find any PEM data in certificate input'];
}

/** In words of kith's own: what any cluster stores and only some carry out. */
function ofService({ metadata, spec = {} }: Service): string[] {
  const warnings = [];
  if (hasNodePorts(spec))
    warnings.push(
      `spec.type: kith opens no ports on home routers; open the app through the gateway (kith open ${metadata?.name})`,
    );
  if (spec.type === 'ExternalName')
    warnings.push(
      'spec.externalName: kith does not resolve names outside of the swarm; let the app call that name itself',
    );
  if (spec.externalIPs?.length)
    warnings.push(
      `spec.externalIPs: a home has no address to give away, so nothing answers there; open the app through the gateway (kith open ${metadata?.name})`,
    );
  if (spec.internalTrafficPolicy === 'Local')
    warnings.push(
      'spec.internalTrafficPolicy: kith picks among all healthy endpoints, the nearest first, as with Cluster',
    );
  for (const [index, port] of (spec.ports ?? []).entries())
    if (!isTcp(port))
      warnings.push(
        `spec.ports[${index}].protocol: kith carries TCP between homes, not ${port.protocol}: this port leads nowhere`,
      );
  return warnings;
}
