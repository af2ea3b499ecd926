import { ApiError, internal, unavailable } from '../api/errors.ts';
import type { Kind } from '../api/kinds.ts';
import type { Status } from '../api/types.ts';
import { linesOf, textOf } from './body.ts';
import type {
  Client,
  KubeObject,
  ListOptions,
  ObjectList,
  ObjectRef,
  PatchType,
  WatchEvent,
} from './client.ts';
import type { DeleteOptions, WriteOptions } from './client.ts';
import {
  collectionPath,
  deleteBody,
  kindOfWrite,
  knownKind,
  listQuery,
  objectPath,
  withQuery,
  writeQuery,
} from './paths.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

const patchContentTypes: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/**
 * The API over any connection.
 *
 * @example
 *     const client = httpClient(tlsTransport({ server: 'https://127.0.0.1:5484', ca, token }));
 *     const pod = await client.get<Pod>({ kind: 'Pod', namespace: 'default', name: 'hello-x7k2p' });
 */
export function httpClient(
  transport: Transport,
  options: {
    userAgent?: string;
    /** Custom kinds that the caller has learned of, maybe later; found by `plural.group`. @default none */
    customKinds?: readonly Kind[];
  } = {},
): Client {
  const { userAgent = 'kith', customKinds = [] } = options;
  const kindCalled = (name: string): Kind =>
    customKinds.find(({ plural, group }) => `${plural}.${group}` === name) ?? knownKind(name);

  async function exchange(request: ApiRequest): Promise<ApiResponse> {
    let response: ApiResponse;
    try {
      response = await transport.request({
        ...request,
        headers: { accept: 'application/json', 'user-agent': userAgent, ...request.headers },
      });
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason;
      throw awayError(error);
    }
    if (response.status >= 300) throw await refusalOf(response);
    return response;
  }

  async function json<T>(request: ApiRequest): Promise<T> {
    const response = await exchange(request);
    let text: string;
    try {
      text = await textOf(response.body);
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason;
      throw awayError(error);
    }
    try {
      return JSON.parse(text) as T;
    } catch {
      throw internal(`the answer to ${request.method} ${request.path} is not JSON: ${text.slice(0, 200)}`);
    }
  }

  const write = <T extends KubeObject>(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: unknown,
    { signal, ...writeOptions }: WriteOptions,
    contentType = 'application/json',
  ) =>
    json<T>({
      method,
      path: withQuery(path, writeQuery(writeOptions)),
      headers: { 'content-type': contentType },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });

  return {
    ...(transport.reachable && { reachable: (signal: AbortSignal) => transport.reachable!(signal) }),

    get: <T extends KubeObject>({ kind, namespace, name }: ObjectRef) =>
      json<T>({ method: 'GET', path: objectPath(kindCalled(kind), namespace, name) }),

    list: <T extends KubeObject>(kindName: string, listOptions: ListOptions = {}) =>
      json<ObjectList<T>>({
        method: 'GET',
        path: withQuery(collectionPath(kindCalled(kindName), listOptions.namespace), listQuery(listOptions)),
        ...(listOptions.signal && { signal: listOptions.signal }),
      }).then((list) => {
        // Items of a list carry no kind on the wire; callers see objects that are whole.
        const kind = kindCalled(kindName);
        for (const item of list.items) {
          item.apiVersion ??= kind.apiVersion;
          item.kind ??= kind.kind;
        }
        return list;
      }),

    create: <T extends KubeObject>(object: T, writeOptions: WriteOptions = {}) => {
      const { subresource } = writeOptions;
      const kind = kindOfWrite(object, subresource);
      const { namespace, name } = object.metadata ?? {};
      const path = subresource
        ? objectPath(kind, namespace, name ?? '', subresource)
        : collectionPath(kind, namespace ?? 'default');
      return write<T>('POST', path, object, writeOptions);
    },

    update: <T extends KubeObject>(object: T, writeOptions: WriteOptions = {}) => {
      const kind = kindOfWrite(object, writeOptions.subresource);
      const { namespace, name } = object.metadata ?? {};
      return write<T>(
        'PUT',
        objectPath(kind, namespace, name ?? '', writeOptions.subresource),
        object,
        writeOptions,
      );
    },

    patch: <T extends KubeObject>(
      { kind, namespace, name }: ObjectRef,
      type: PatchType,
      patch: unknown,
      writeOptions: WriteOptions = {},
    ) =>
      write<T>(
        'PATCH',
        objectPath(kindCalled(kind), namespace, name, writeOptions.subresource),
        patch,
        writeOptions,
        patchContentTypes[type],
      ),

    async delete({ kind, namespace, name }: ObjectRef, deleteOptions: DeleteOptions = {}) {
      await json<unknown>({
        method: 'DELETE',
        path: objectPath(kindCalled(kind), namespace, name),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(deleteBody(deleteOptions)),
      });
    },

    async *watch<T extends KubeObject>(
      kindName: string,
      { signal, ...listOptions }: Omit<ListOptions, 'limit' | 'continue'> & { signal: AbortSignal },
    ): AsyncIterable<WatchEvent<T>> {
      if (signal.aborted) return;
      const query = { ...listQuery(listOptions), watch: 'true', allowWatchBookmarks: 'true' };
      const path = withQuery(collectionPath(kindCalled(kindName), listOptions.namespace), query);
      try {
        const response = await exchange({ method: 'GET', path, signal });
        try {
          for await (const line of linesOf(response.body as AsyncIterable<Buffer>)) {
            const event = JSON.parse(line) as WatchEvent<T>;
            if (event.type === 'ERROR') throw ApiError.from(event.object);
            yield event;
          }
        } finally {
          response.body.destroy();
        }
      } catch (error) {
        if (signal.aborted) return;
        throw error instanceof ApiError ? error : awayError(error);
      }
    },
  };
}

async function refusalOf(response: ApiResponse): Promise<ApiError> {
  const text = await textOf(response.body).catch(() => '');
  const status = asStatus(text);
  if (status) return ApiError.from(status);
  return new ApiError(
    response.status,
    'InternalError',
    `the server answered ${response.status} without a Status: ${text.slice(0, 200) || 'no body'}`,
  );
}

function asStatus(text: string): Status | undefined {
  try {
    const value = JSON.parse(text) as Status | null;
    return value?.kind === 'Status' ? value : undefined;
  } catch {
    // Something between us and the server may have answered; the caller words it by the status code.
    return undefined;
  }
}

/** The server could not be reached, or its answer broke off: asking again may help. */
function awayError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const away = unavailable(`the API server does not answer: ${(error as Error)?.message ?? String(error)}`);
  away.cause = error;
  return away;
}
