import { get, patch, post, put, type Step, type Topic } from './step.ts';

const at = '/api/v1/namespaces/migration/configmaps';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const map = (name: string, data: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data,
});
/** As `kubectl apply` of old makes it: the configuration in an annotation. */
const clientSide = (name: string, data: object) =>
  map(name, data, { annotations: { [lastApplied]: `${JSON.stringify(map(name, data))}\n` } });
const applied = (step: string, name: string, manager: string, data: object, force = ''): Step =>
  patch(step, `${at}/${name}?fieldManager=${manager}${force}`, 'apply', map(name, data));

/** From `kubectl apply` to `kubectl apply --server-side`, and back. */
export const migration: Topic = {
  name: 'migration',
  steps: [
    post(
      'made by the old way',
      `${at}?fieldManager=kubectl-client-side-apply`,
      clientSide('a', { a: '1', b: '1' }),
    ),
    applied('the new way takes over', 'a', 'kubectl', { a: '1', b: '2' }),
    applied('and leaves one out', 'a', 'kubectl', { a: '1' }),
    get('as it is now', `${at}/a`),
    patch(
      'back the old way',
      `${at}/a?fieldManager=kubectl-client-side-apply`,
      'strategic',
      clientSide('a', { a: '3' }),
    ),
    applied('and the new way again', 'a', 'kubectl', { a: '4' }),
    post(
      'made by the old way, changed by another',
      `${at}?fieldManager=kubectl-client-side-apply`,
      clientSide('b', { a: '1', b: '1' }),
    ),
    patch('another changes one', `${at}/b?fieldManager=kubectl-edit`, 'merge', { data: { b: '2' } }),
    applied('the new way meets a conflict', 'b', 'kubectl', { a: '2', b: '3' }),
    applied('and forces it', 'b', 'kubectl', { a: '2', b: '3' }, '&force=true'),
    post('made by create', `${at}?fieldManager=kubectl-create`, map('c', { a: '1' })),
    applied('the new way of what was created', 'c', 'kubectl', { a: '2' }),
    put('and replaced', `${at}/c?fieldManager=kubectl-replace`, map('c', { a: '3', b: '3' })),
    applied('the new way of what was replaced', 'c', 'kubectl', { a: '4' }, '&force=true'),
    post(
      'made by the old way, for another manager',
      `${at}?fieldManager=kubectl-client-side-apply`,
      clientSide('d', { a: '1' }),
    ),
    applied('a manager that is not kubectl', 'd', 'flux', { a: '2' }),
    patch('upgrade by hand', `${at}/d`, 'json', [
      { op: 'replace', path: '/metadata/managedFields/0/manager', value: 'flux' },
      { op: 'replace', path: '/metadata/managedFields/0/operation', value: 'Apply' },
    ]),
    applied('and now it may', 'd', 'flux', { a: '2' }),
    patch('all managers forgotten', `${at}/d`, 'merge', { metadata: { managedFields: [{}] } }),
    applied('and begun anew', 'd', 'kubectl', { a: '3' }),
  ],
};
