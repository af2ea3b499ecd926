import { computedKinds, reviewKinds, type Kind } from '../../../api/kinds.ts';
import type { Verb } from '../auth/rule.ts';

const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
/** The same in the order in which Kubernetes tells them of custom resources. */
const customVerbs: readonly Verb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];
const computedVerbs: readonly Verb[] = ['get', 'list'];
/** What may be done with a subresource; discovery tells, and a path is held to it. */
export const subresourceVerbs: Record<string, readonly string[]> = {
  status: ['get', 'patch', 'update'],
  approval: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  ephemeralcontainers: ['get', 'patch', 'update'],
  resize: ['get', 'patch', 'update'],
  finalize: ['update'],
  binding: ['create'],
  eviction: ['create'],
  log: ['get'],
  exec: ['create', 'get'],
  attach: ['create', 'get'],
  portforward: ['create', 'get'],
  proxy: ['create', 'delete', 'get', 'patch', 'update'],
  token: ['create'],
};

/** What may be done with a kind's objects. Reviews are only asked. Namespaces are deleted one by one: each takes all in it along. */
export function verbsOf(kind: Kind): readonly Verb[] {
  if (kind.custom) return customVerbs;
  if (reviewKinds.includes(kind)) return ['create'];
  if (computedKinds.includes(kind)) return computedVerbs;
  return kind.type === 'Namespace' ? allVerbs.filter((verb) => verb !== 'deletecollection') : allVerbs;
}
