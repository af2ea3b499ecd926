import { badRequest } from '../../api/errors.ts';
import type { Client, KubeObject, ListOptions, ObjectList, WriteOptions } from '../../client/client.ts';
import { kindOfWrite, knownKind } from '../../client/paths.ts';
import type { Kind } from '../../api/kinds.ts';
import type { Registry } from './resources/registry.ts';
import type { WriteContext } from './resources/write-context.ts';
import type { Resource } from './resources/metadata.ts';
import { controllerUser, type User } from './users.ts';

/**
 * The API by a direct call: no wire, no timers of its own, so it works in virtual time. Writes are copied on their way in.
 * What it gives out is the store's own and frozen: make a copy (`structuredClone`, spread) to change it.
 */
export function directClient(registry: Registry, user: User = controllerUser): Client {
  const context = (options: WriteOptions): WriteContext => ({
    user,
    dryRun: options.dryRun ?? false,
    isNamespaceToCome: options.isNamespaceToCome ?? false,
    fieldValidation: options.fieldValidation ?? 'Strict',
    fieldManager: options.fieldManager ?? 'kith-controller-manager',
    warn: () => {},
  });

  /** A built-in kind by its name, a custom one by that of its definition: `widgets.example.com`. */
  const kindCalled = (name: string): Kind =>
    (name.includes('.') ? registry.kinds.defined(name) : undefined) ?? knownKind(name);
  const written = (object: KubeObject, subresource: WriteOptions['subresource']): Kind =>
    registry.kinds.of(object.apiVersion, object.kind) ?? kindOfWrite(object, subresource);

  return {
    async get<T extends KubeObject>({
      kind: kindName,
      namespace,
      name,
    }: {
      kind: string;
      namespace?: string;
      name: string;
    }) {
      const kind = kindCalled(kindName);
      return registry.reader.get(kind, namespaceOf(kind, namespace), name) as T;
    },

    async list<T extends KubeObject>(kindName: string, options: ListOptions = {}) {
      return (await registry.reader.list(
        kindCalled(kindName),
        options,
      )) as ObjectList<Resource> as ObjectList<T>;
    },

    async create<T extends KubeObject>(object: T, options: WriteOptions = {}) {
      const kind = written(object, options.subresource);
      const { namespace, name } = object.metadata ?? {};
      const body = plain(object);
      if (!options.subresource)
        return (await registry.create(kind, namespaceOf(kind, namespace), body, context(options))) as T;
      const { subresource } = options;
      if (!name) throw badRequest(`a ${subresource} needs the name of its pod in metadata.name`);
      await registry.createSubresource(
        kind,
        namespaceOf(kind, namespace),
        name,
        subresource,
        body,
        context(options),
      );
      return object;
    },

    async update<T extends KubeObject>(object: T, options: WriteOptions = {}) {
      const kind = written(object, options.subresource);
      const { namespace, name = '' } = object.metadata ?? {};
      const { subresource } = options;
      return (await registry.update(
        kind,
        namespaceOf(kind, namespace),
        name,
        subresource,
        plain(object),
        context(options),
      )) as T;
    },

    async patch(ref, type, patch, options = {}) {
      const kind = kindCalled(ref.kind);
      const namespace = namespaceOf(kind, ref.namespace);
      return (await registry.patch(
        kind,
        namespace,
        ref.name,
        options.subresource,
        type,
        plain(patch),
        context(options),
      )) as never;
    },

    async delete(ref, { dryRun = false, ...options } = {}) {
      const kind = kindCalled(ref.kind);
      await registry.delete(kind, namespaceOf(kind, ref.namespace), ref.name, options, context({ dryRun }));
    },

    async *watch(kindName, { signal, ...options }) {
      if (signal.aborted) return;
      const stream = await registry.reader.watch(
        kindCalled(kindName),
        { ...options, allowWatchBookmarks: true },
        signal,
      );
      try {
        for (let notices = await stream.take(); notices; notices = await stream.take())
          for (const notice of notices) {
            if (signal.aborted) return;
            yield notice as never;
          }
      } finally {
        stream.end();
      }
    },
  };
}

function namespaceOf(kind: { namespaced: boolean }, namespace: string | undefined): string | undefined {
  return kind.namespaced ? (namespace ?? 'default') : undefined;
}

/** As it would have come over the wire: plain JSON, and the caller's no more. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
