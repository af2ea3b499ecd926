import type { Kind } from './kinds.ts';
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
function ofService({ metadata, spec }: Service): string[] {
  switch (spec?.type) {
    case 'NodePort':
    case 'LoadBalancer':
      return [
        `spec.type: kith opens no ports on home routers; open the app through the gateway (kith open ${metadata?.name})`,
      ];
    case 'ExternalName':
      return [
        'spec.externalName: kith does not resolve names outside of the swarm; let the app call that name itself',
      ];
    default:
      return [];
  }
}
