/** One request of the script, and how its answer is read. */
export interface Step {
  /** Unique within its topic; a sentence's beginning: `create without a name`. */
  name: string;
  method: string;
  /** With its query. What stands in `{{step:path}}` comes from the answer to an earlier step of the topic: `{{list:metadata.continue}}`, all of it by `*`. */
  path: string;
  headers: Record<string, string>;
  /** As it goes over the wire, but for `{{…}}`; text is sent as it is, `bytes` as base64 names them, all else as JSON. */
  body?: unknown;
  bytes?: string;
  /** The answer is a watch: read so many events, or until the server ends it. */
  events?: number;
  /** For what is about a part only: that of the answer's body which is kept, by its path (`resources`). */
  keep?: string;
}

/** Requests that are played in order, in a namespace of their own that bears the topic's name. */
export interface Topic {
  name: string;
  steps: readonly Step[];
}

type Options = Partial<Pick<Step, 'headers' | 'events' | 'bytes' | 'keep'>> & {
  /** The `Accept` header. @default application/json */
  accept?: string;
  /** The `Content-Type` header. @default application/json where there is a body */
  type?: string;
};

export const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
export const partial = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
export const partialList = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};
export type PatchName = keyof typeof patchTypes;

export function step(
  method: string,
  name: string,
  path: string,
  body?: unknown,
  options: Options = {},
): Step {
  const { accept = 'application/json', type = 'application/json', headers, ...rest } = options;
  const hasBody = body !== undefined || options.bytes !== undefined;
  return {
    name,
    method,
    path,
    headers: { accept, ...(hasBody && { 'content-type': type }), ...headers },
    ...(body !== undefined && { body }),
    ...rest,
  };
}

export const get = (name: string, path: string, options?: Options) =>
  step('GET', name, path, undefined, options);
export const post = (name: string, path: string, body: unknown, options?: Options) =>
  step('POST', name, path, body, options);
export const put = (name: string, path: string, body: unknown, options?: Options) =>
  step('PUT', name, path, body, options);
export const remove = (name: string, path: string, body?: unknown, options?: Options) =>
  step('DELETE', name, path, body, options);
export const patch = (name: string, path: string, type: PatchName, body: unknown, options?: Options) =>
  step('PATCH', name, path, body, { type: patchTypes[type], ...options });
/** A watch that is read until it has brought so many events. */
export const watch = (name: string, path: string, events: number, options?: Options) =>
  step('GET', name, `${path}${path.includes('?') ? '&' : '?'}watch=true`, undefined, { ...options, events });
/** The object as tables show it, one and in a list. */
export const tables = (collection: string, name: string): Step[] => [
  get('table of the list', collection, { accept: table }),
  get('table of one', `${collection}/${name}`, { accept: table }),
];
