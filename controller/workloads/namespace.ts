import { kindNamed, kinds } from '../../api/kinds.ts';
import { isConditionTrue } from '../../api/conditions.ts';
import type { CustomResourceDefinition, Namespace } from '../../api/types.ts';
import type { World } from '../world.ts';
import type { Action, Reconciler } from '../reconciler.ts';

/** What the API server puts into `spec.finalizers` of each namespace, for this controller to take away. */
export const namespaceFinalizer = 'kubernetes';

/** Empties a namespace that is being deleted, then lets it go. */
export function namespaceEnd(cachedKinds: readonly string[]): Reconciler {
  const contents = cachedKinds.filter((kind) => kindNamed(kind).namespaced);
  return {
    name: 'namespace',
    watches: ['Namespace', ...contents],
    keysOf(object, world) {
      if (object.kind === 'Namespace') return [object.metadata?.name ?? ''];
      const namespace = object.metadata?.namespace ?? '';
      return isEnding(world.get<Namespace>('Namespace', undefined, namespace)) ? [namespace] : [];
    },
    decide(world, name) {
      const namespace = world.get<Namespace>('Namespace', undefined, name);
      if (!isEnding(namespace)) return [];
      const left = contents.flatMap((kind) => world.inNamespace(kind, name));
      if (left.length > 0) {
        return left
          .filter(({ metadata }) => !metadata?.deletionTimestamp)
          .map((object): Action => ({
            do: 'delete',
            object,
            // A kind that leaves behind what it made unless told otherwise would only be slower to go.
            options: { propagationPolicy: 'Background' },
          }));
      }
      // The caches say that it is empty; the server has the last word, and holds kinds that no cache does.
      const finalizers = namespace!.spec?.finalizers?.filter((each) => each !== namespaceFinalizer);
      const object = { ...namespace!, spec: { ...namespace!.spec, finalizers } } as Namespace;
      return [
        ...kinds
          .filter(({ namespaced }) => namespaced)
          .map(({ kind }): Action => ({
            do: 'purge',
            kind,
            namespace: name,
            expectEmpty: contents.includes(kind),
          })),
        ...customKinds(world).map((kind): Action => ({
          do: 'purge',
          kind,
          namespace: name,
          expectEmpty: true,
        })),
        { do: 'update', object, subresource: 'finalize' },
      ];
    },
  };
}

/** The custom kinds that may lie in a namespace, by the names of their definitions: the client knows them so. */
function customKinds(world: World): string[] {
  return world
    .all<CustomResourceDefinition>('CustomResourceDefinition')
    .filter(
      ({ spec, status }) => spec.scope === 'Namespaced' && isConditionTrue(status?.conditions, 'Established'),
    )
    .map(({ metadata }) => metadata?.name ?? '');
}

function isEnding(namespace: Namespace | undefined): boolean {
  return Boolean(
    namespace?.metadata?.deletionTimestamp && namespace.spec?.finalizers?.includes(namespaceFinalizer),
  );
}
