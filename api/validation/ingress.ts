import { invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { GoValue } from '../go-value.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressRule,
  IngressTLS,
  TypedLocalObjectReference,
} from '../types.ts';
import { ipAddress, parseAddress } from './addresses.ts';
import { dns1035Label, dnsSubdomain, pathName, wildcardDns } from './names.ts';
import { portNamed } from './port-name.ts';
import { named, portNumber } from './rules.ts';

const classAnnotation = 'kubernetes.io/ingress.class';
const noAddress = 'must be a DNS name, not an IP address';
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const noSequences = ['//', '/./', '/../', '%2f', '%2F'];
const noEnds = ['/..', '/.'];

/** Source: k8s.io/kubernetes/pkg/apis/networking/validation/validation.go */
export function validateIngress(ingress: Ingress, old?: Ingress): FieldError[] {
  const { defaultBackend, rules = [], tls = [], ingressClassName } = ingress.spec ?? {};
  const annotation = ingress.metadata?.annotations?.[classAnnotation];
  const errors: FieldError[] = [];
  if (rules.length === 0 && !defaultBackend)
    errors.push(
      invalidValue(
        'spec',
        new GoValue('[]networking.IngressRule(nil)'),
        'either `defaultBackend` or `rules` must be specified',
      ),
    );
  if (defaultBackend) errors.push(...validateBackend('spec.defaultBackend', defaultBackend));
  // What an older version let in stays as it is.
  const hadWrongSecret = (old?.spec?.tls ?? []).some(
    ({ secretName }) => secretName && dnsSubdomain(secretName),
  );
  return [
    ...errors,
    ...rules.flatMap((rule, index) => validateRule(at('spec.rules', index), rule)),
    ...tls.flatMap((each, index) => validateTls(at('spec.tls', index), each, !hadWrongSecret)),
    ...named('spec.ingressClassName', ingressClassName, dnsSubdomain),
    ...(!old && annotation !== undefined && ingressClassName !== undefined && annotation !== ingressClassName
      ? [
          invalidValue(
            `annotations.${classAnnotation}`,
            annotation,
            'must match `ingressClassName` when both are specified',
          ),
        ]
      : []),
  ];
}

export function validateIngressStatus({ status }: Ingress): FieldError[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, index) => {
    const field = at('status.loadBalancer.ingress', index);
    return [
      ...(ip ? ipAddress(child(field, 'ip'), ip) : []),
      ...named(child(field, 'hostname'), hostname || undefined, dnsSubdomain),
      ...(hostname && parseAddress(hostname)
        ? [invalidValue(child(field, 'hostname'), hostname, noAddress)]
        : []),
    ];
  });
}

function validateRule(field: string, { host, http }: IngressRule): FieldError[] {
  const own = child(field, 'host');
  const paths = child(field, 'http.paths');
  return [
    ...(host && parseAddress(host) ? [invalidValue(own, host, noAddress)] : []),
    ...validateHost(own, host),
    ...(http && !http.paths?.length ? [required(paths)] : []),
    ...(http?.paths ?? []).flatMap((path, index) => validatePath(at(paths, index), path)),
  ];
}

function validateHost(field: string, host: string | undefined): FieldError[] {
  return named(field, host || undefined, host?.includes('*') ? wildcardDns : dnsSubdomain);
}

function validateTls(field: string, { hosts, secretName }: IngressTLS, ofSecret: boolean): FieldError[] {
  return [
    ...(hosts ?? []).flatMap((host, index) => {
      const own = at(child(field, 'hosts'), index);
      return host === '' ? named(own, host, dnsSubdomain) : validateHost(own, host);
    }),
    ...(ofSecret ? named(child(field, 'secretName'), secretName || undefined, dnsSubdomain) : []),
  ];
}

function validatePath(field: string, { path = '', pathType, backend }: HTTPIngressPath): FieldError[] {
  if (pathType === undefined) return [required(child(field, 'pathType'), 'pathType must be specified')];
  const own = child(field, 'path');
  const errors: FieldError[] = [];
  const isStrict = pathType === 'Exact' || pathType === 'Prefix';
  if (!pathTypes.includes(pathType)) errors.push(notSupported(child(field, 'pathType'), pathType, pathTypes));
  else if (!path.startsWith('/') && (isStrict || path !== ''))
    errors.push(invalidValue(own, path, 'must be an absolute path'));
  if (isStrict) {
    for (const each of noSequences)
      if (path.includes(each)) errors.push(invalidValue(own, path, `must not contain '${each}'`));
    for (const each of noEnds)
      if (path.endsWith(each)) errors.push(invalidValue(own, path, `cannot end with '${each}'`));
  }
  return [...errors, ...validateBackend(child(field, 'backend'), backend ?? {})];
}

function validateBackend(field: string, { resource, service }: IngressBackend): FieldError[] {
  if (resource && service) return [invalidValue(field, '', 'cannot set both resource and service backends')];
  if (resource) return validateReference(child(field, 'resource'), resource);
  if (!service) return [invalidValue(field, '', 'resource or service backend is required')];
  const { name, number } = service.port ?? {};
  const errors = service.name
    ? named(child(field, 'service.name'), service.name, dns1035Label)
    : [required(child(field, 'service.name'))];
  if (name && number) errors.push(invalidValue(field, '', 'cannot set both port name & port number'));
  else if (name) errors.push(...portNamed(child(field, 'service.port.name'), name));
  else if (number) errors.push(...portNumber(child(field, 'service.port.number'), number));
  else errors.push(required(field, 'port name or number is required'));
  return errors;
}

/** An object of any kind, by its group, kind and name. */
export function validateReference(
  field: string,
  { apiGroup, kind, name }: TypedLocalObjectReference,
): FieldError[] {
  return [
    ...named(child(field, 'apiGroup'), apiGroup, dnsSubdomain),
    ...(kind
      ? named(child(field, 'kind'), kind, pathName)
      : [required(child(field, 'kind'), 'kind is required')]),
    ...(name
      ? named(child(field, 'name'), name, pathName)
      : [required(child(field, 'name'), 'name is required')]),
  ];
}
