import type { Namespace } from '../../api/types.ts';
import type { Reconciler } from '../reconciler.ts';

/** Sees to it that every namespace has the account that pods run under by default. */
export const serviceAccount: Reconciler = {
  name: 'service-account',
  watches: ['Namespace', 'ServiceAccount'],
  keysOf: ({ kind, metadata }) => [(kind === 'Namespace' ? metadata?.name : metadata?.namespace) ?? ''],
  decide(world, name) {
    const namespace = world.get<Namespace>('Namespace', undefined, name);
    if (!namespace || namespace.metadata?.deletionTimestamp || world.get('ServiceAccount', name, 'default'))
      return [];
    const metadata = { namespace: name, name: 'default' };
    return [{ do: 'create', object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata } }];
  },
};
