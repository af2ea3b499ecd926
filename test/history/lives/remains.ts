import type { KubeObject } from '../../../client/client.ts';
import type { VirtualController } from '../record/virtual.ts';
import type { Person } from './person.ts';

export const objectsOf = (server: VirtualController, prefix = '/'): KubeObject[] =>
  server.store.list(prefix).entries.map(({ value }) => value as KubeObject);

/** What is wrong with a cluster that has come to rest, each as a sentence; empty where all is well. */
export function wrongs(server: VirtualController, people: readonly Person[], podsMax: number): string[] {
  const { store } = server;
  const objects = objectsOf(server).filter(({ kind, metadata }) => kind && metadata);
  const uids = new Set(objects.map(({ metadata }) => metadata!.uid));
  const namespaces = new Set(
    objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata!.name),
  );
  const words = ({ kind, metadata }: KubeObject) => `${kind} ${metadata!.namespace ?? ''}/${metadata!.name}`;

  const homeless = objects.filter(
    ({ metadata }) => metadata!.namespace && !namespaces.has(metadata!.namespace),
  );
  const orphans = objects.filter(({ metadata }) => {
    const owners = metadata!.ownerReferences ?? [];
    return owners.length > 0 && !owners.some(({ uid }) => uids.has(uid));
  });
  const undead = objects.filter(({ metadata }) => metadata!.deletionTimestamp);
  const isDefined = objects.some(({ kind }) => kind === 'CustomResourceDefinition');
  const undefinedOnes = isDefined ? [] : objectsOf(server, '/example.com/widgets/');

  const names = new Set(objects.map(words));
  const drawn = people.flatMap((person) => person.drawn);
  const missing = [...people.flatMap(({ kept }) => kept), ...drawn].filter(
    (name) => !names.has(`ConfigMap default/${name}`),
  );
  const twice = drawn.filter((name, at) => drawn.indexOf(name) !== at);

  const quota = objects.find(({ kind }) => kind === 'ResourceQuota') as
    { status?: { used?: { pods?: string } } } | undefined;
  const [used, pods] = [quota?.status?.used?.pods, store.count('/core/pods/limited/')];
  return [
    ...homeless.map((object) => `${words(object)} is of a namespace that is gone`),
    ...orphans.map((object) => `${words(object)} has owners that are gone`),
    ...undead.map((object) => `${words(object)} does not go`),
    ...undefinedOnes.map((object) => `${words(object)} is there without its definition`),
    ...missing.map((name) => `${name} is missing, and nobody deleted it`),
    ...twice.map((name) => `${name} was drawn twice`),
    ...(pods > podsMax ? [`${pods} pods are there, where the quota lets ${podsMax}`] : []),
    ...(used === String(pods) ? [] : [`the quota counts ${used} pods, where ${pods} are there`]),
  ];
}
