import { forbiddenField, invalidValue, notSupported, required, tooLong } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import type { IngressClass, IngressClassParametersReference } from '../types.ts';
import { validateReference } from './ingress.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { immutable, named } from './rules.ts';

const controllerBytesMax = 250;
const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** Source: k8s.io/kubernetes/pkg/apis/networking/validation/validation.go */
export function validateIngressClass({ spec }: IngressClass, old?: IngressClass): FieldError[] {
  const field = 'spec.controller';
  const { controller = '', parameters } = spec ?? {};
  return [
    ...(old ? immutable(field, controller, old.spec?.controller ?? '') : []),
    ...(Buffer.byteLength(controller) > controllerBytesMax ? [tooLong(field, controllerBytesMax)] : []),
    ...validatePrefixedPath(field, controller),
    ...(parameters ? validateParameters('spec.parameters', parameters) : []),
  ];
}

/** `acme.io/foo`. */
function validatePrefixedPath(field: string, value: string): FieldError[] {
  if (value === '') return [required(field)];
  const slash = value.indexOf('/');
  const [host, path] = [value.slice(0, slash), value.slice(slash + 1)];
  if (slash < 1 || path === '')
    return [invalidValue(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const isPath = new RegExp(`^${httpPath}$`).test(path);
  return [
    ...named(field, host, dnsSubdomain),
    ...(isPath
      ? []
      : [invalidValue(field, path, `Invalid path (regex used for validation is '${httpPath}')`)]),
  ];
}

function validateParameters(field: string, parameters: IngressClassParametersReference): FieldError[] {
  const { scope, namespace } = parameters;
  const own = child(field, 'namespace');
  const errors = validateReference(field, parameters);
  switch (scope) {
    case undefined:
      return [...errors, required(child(field, 'scope'))];
    case 'Namespace':
      return namespace === undefined
        ? [...errors, required(own, "`parameters.scope` is set to 'Namespace'")]
        : [...errors, ...named(own, namespace, dnsLabel)];
    case 'Cluster':
      return namespace === undefined
        ? errors
        : [...errors, forbiddenField(own, "`parameters.scope` is set to 'Cluster'")];
    default:
      return [...errors, notSupported(child(field, 'scope'), scope, ['Cluster', 'Namespace'])];
  }
}
