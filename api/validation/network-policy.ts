import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { goStrings } from '../go-strings.ts';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../types.ts';
import { cidr, isStrictlyWithin, parseCidr } from './addresses.ts';
import { validateLabelSelector } from './label-selector.ts';
import { portNamed } from './port-name.ts';
import { portNumber } from './rules.ts';

const policyTypes = ['Ingress', 'Egress'];
const protocols = ['TCP', 'UDP', 'SCTP'];

/** Source: k8s.io/kubernetes/pkg/apis/networking/validation/validation.go */
export function validateNetworkPolicy({ spec = {} }: NetworkPolicy): FieldError[] {
  const types = spec.policyTypes ?? [];
  return [
    ...validateLabelSelector('spec.podSelector', spec.podSelector),
    ...(spec.ingress ?? []).flatMap(({ ports, from }, index) =>
      validateRule(at('spec.ingress', index), ports, 'from', from),
    ),
    ...(spec.egress ?? []).flatMap(({ ports, to }, index) =>
      validateRule(at('spec.egress', index), ports, 'to', to),
    ),
    ...(types.length > policyTypes.length
      ? [
          invalidValue(
            'spec.policyTypes',
            goStrings('networking.PolicyType', types),
            'may not specify more than two policyTypes',
          ),
        ]
      : types.flatMap((type, index) =>
          policyTypes.includes(type) ? [] : [notSupported(at('spec.policyTypes', index), type, policyTypes)],
        )),
  ];
}

function validateRule(
  field: string,
  ports: NetworkPolicyPort[] | undefined,
  side: 'from' | 'to',
  peers: NetworkPolicyPeer[] | undefined,
): FieldError[] {
  return [
    ...(ports ?? []).flatMap((port, index) => validatePort(at(child(field, 'ports'), index), port)),
    ...(peers ?? []).flatMap((peer, index) => validatePeer(at(child(field, side), index), peer)),
  ];
}

function validatePort(field: string, { protocol, port, endPort }: NetworkPolicyPort): FieldError[] {
  const [own, end] = [child(field, 'port'), child(field, 'endPort')];
  const errors =
    protocol === undefined || protocols.includes(protocol)
      ? []
      : [notSupported(child(field, 'protocol'), protocol, protocols)];
  if (typeof port === 'number') {
    errors.push(...portNumber(own, port));
    if (endPort !== undefined && endPort < port)
      errors.push(invalidValue(end, port, 'must be greater than or equal to `port`'));
    return [...errors, ...portNumber(end, endPort)];
  }
  if (endPort !== undefined) {
    const why = port === undefined ? 'not specified' : 'non-numeric';
    errors.push(invalidValue(end, endPort, `may not be specified when \`port\` is ${why}`));
  }
  return [...errors, ...(port === undefined ? [] : portNamed(own, port))];
}

function validatePeer(field: string, peer: NetworkPolicyPeer): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  return [
    ...validateLabelSelector(child(field, 'podSelector'), podSelector),
    ...validateLabelSelector(child(field, 'namespaceSelector'), namespaceSelector),
    ...(ipBlock ? validateBlock(child(field, 'ipBlock'), ipBlock) : []),
    ...(podSelector || namespaceSelector || ipBlock ? [] : [required(field, 'must specify a peer')]),
    ...(ipBlock && (podSelector || namespaceSelector)
      ? [forbiddenField(field, 'may not specify both ipBlock and another peer')]
      : []),
  ];
}

function validateBlock(field: string, block: IPBlock): FieldError[] {
  const own = child(field, 'cidr');
  if (!block.cidr) return [required(own)];
  const outer = parseCidr(block.cidr);
  if (!outer) return cidr(own, block.cidr);
  return (block.except ?? []).flatMap((each, index) => {
    const exceptField = at(child(field, 'except'), index);
    const inner = parseCidr(each);
    if (!inner) return cidr(exceptField, each);
    return isStrictlyWithin(inner, outer)
      ? []
      : [invalidValue(exceptField, each, 'must be a strict subset of `cidr`')];
  });
}
