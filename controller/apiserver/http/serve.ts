import { ApiError, isNotFound, methodNotAllowed, notAcceptable } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { Pod, Status } from '../../../api/types.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Attributes } from '../auth/rule.ts';
import { served } from '../custom/served.ts';
import type { Resource } from '../resources/metadata.ts';
import type { Page } from '../resources/reader.ts';
import { isPodPart } from '../resources/pod-parts.ts';
import type { Registry } from '../resources/registry.ts';
import type { Subresource, WriteContext } from '../resources/write-context.ts';
import type { SharedBytes } from '../storage/shared-bytes.ts';
import { podStream, streamedSubresources } from '../streams/pod-streams.ts';
import type { User } from '../users.ts';
import { acceptedOfWatches, formatOfRefusal, negotiate, type Representation } from './accept.ts';
import { answerHeaders, objectAnswer } from './answers.ts';
import type { Concurrency } from './concurrency.ts';
import { decodeBody, decodeConfiguration, decodePatch, doublesIn, readBody } from './body.ts';
import {
  deprecationOf,
  isAnsweredWhole,
  isMadeByReplacing,
  isReplacedByVersion,
  versionNeeded,
} from './conventions.ts';
import type { ApiServerRequest, ApiServerResponse } from './exchange.ts';
import { listBody } from './list-body.ts';
import { checkListOptions } from './list-options.ts';
import { podLog, type NodeStreams } from './logs.ts';
import { expectedBody } from './protobuf/expected.ts';
import { deleteOptionsOf, includeObjectOf, listQueryOf, wholeNumber } from './query.ts';
import { showListing, showObject, type Shown } from './represent.ts';
import { isTrue, type RequestInfo } from './request-info.ts';
import { watchBody } from './watch-body.ts';
import { jsonEvents, type WatchEvents } from './watch-events.ts';
import type { WriteBudget } from './write-budget.ts';
import { isApplyPatch, isDryRun, writeContextOf } from './write-options.ts';

/** Longer than any client asks for; a timer of more than 24 days would fire at once. */
const watchSecondsMax = 86_400;

export interface ServeOptions {
  registry: Registry;
  /** What was asked for, as the caller's rights were. */
  attributes: Attributes;
  clock: Clock;
  nodeStreams: NodeStreams;
  concurrency: Concurrency;
  shared: SharedBytes;
  budget: WriteBudget;
  /** Filled with what the caller is warned of even where the request is then refused. */
  warnings: string[];
}

/** Does what an allowed request asks for, and shows the outcome. */
export async function serve(
  info: RequestInfo,
  request: ApiServerRequest & { user: User },
  query: URLSearchParams,
  options: ServeOptions,
): Promise<ApiServerResponse> {
  const deprecation = deprecationOf(info.kind);
  const warnings = deprecation ? [deprecation] : [];
  options.warnings.push(...warnings);
  try {
    return await perform(info, request, query, options, warnings);
  } catch (error) {
    // Who is refused is warned all the same; what else an answer needs is the handler's to say.
    if (warnings.length === 0 || !(error instanceof ApiError) || error.status.code >= 429) throw error;
    const format = formatOfRefusal(request.headers['accept']);
    return objectAnswer(error.status.code, error.status, { format }, warnings);
  }
}

async function perform(
  info: RequestInfo,
  request: ApiServerRequest & { user: User },
  query: URLSearchParams,
  options: ServeOptions,
  warnings: string[],
): Promise<ApiServerResponse> {
  const { registry, clock } = options;
  const { verb, kind, namespace, name, subresource } = info;
  if (subresource === 'proxy') return serveProxy(info, request, options);
  if (subresource === 'log' || isStreamed(subresource)) return serveStream(info, request, query, options);

  const representation = negotiate(request.headers['accept'], {
    of: isOfMany(verb) ? 'list' : 'object',
    isCustom: kind.custom !== undefined,
  });
  const includeObject = includeObjectOf(query);
  const shown = (): Shown => ({ representation, includeObject, now: clock.date() });
  const context = writeContextOf(verb, request, query, warnings);
  const answer = (status: number, value: object) => objectAnswer(status, value, representation, warnings);
  const show = (status: number, object: Resource) =>
    answer(status, subresource === 'scale' ? object : showObject(kind, object, shown()));
  const body = async () => {
    const bytes = await readBody(request, clock);
    options.budget.spend(request.user, bytes.length, kind.kind);
    return bytes;
  };
  const strictly = async (bytes: Buffer, value: unknown): Promise<WriteContext> => {
    if (context.fieldValidation === 'Ignore') return context;
    return { ...context, doubles: await doublesIn(bytes, value, request.headers['content-type']) };
  };
  const object = async () => {
    const bytes = await body();
    const value = await decodeBody(bytes, request, expectedBody(info));
    return [value, await strictly(bytes, value)] as const;
  };

  /** Who may change what is there may not yet make what is not. */
  const requireCreate = () => registry.authorizer.require({ ...options.attributes, verb: 'create' });

  if (verb === 'list' || verb === 'watch') checkListOptions(query, verb === 'watch');
  switch (verb) {
    case 'get':
      if (subresource === 'scale') return show(200, registry.getScale(kind, namespace, name!));
      if (subresource && !['status', 'approval'].includes(subresource) && !isPodPart(subresource))
        throw methodNotAllowed(kind, verb);
      return show(200, registry.reader.get(kind, namespace, name!));
    case 'list':
      return serveList(
        kind,
        await registry.reader.page(kind, listQueryOf(query, namespace)),
        shown(),
        warnings,
      );
    case 'watch':
      return serveWatch(info, request, query, shown, representation, { ...options, warnings });
    case 'create':
      if (subresource)
        return answer(
          201,
          await registry.createSubresource(kind, namespace, name!, asSubresource(info), ...(await object())),
        );
      return show(201, await registry.create(kind, namespace, ...(await object())));
    case 'update': {
      const [replacement, write] = await object();
      if (
        // A Scale is but a part, which is written over whatever is there.
        subresource !== 'scale' &&
        isReplacedByVersion(kind) &&
        !isForVersion(replacement) &&
        registry.reader.find(kind, namespace, name!)
      )
        throw versionNeeded(kind, name!);
      try {
        return show(200, await registry.update(kind, namespace, name!, writable(info), replacement, write));
      } catch (error) {
        if (subresource || !isNotFound(error) || !isMadeByReplacing(kind)) throw error;
        requireCreate();
        return show(201, await registry.create(kind, namespace, replacement, write));
      }
    }
    case 'patch': {
      const contentType = request.headers['content-type'];
      const bytes = await body();
      if (isApplyPatch(contentType)) {
        const { configuration, doubles } = await decodeConfiguration(bytes, request.user);
        const how = { ...context, doubles };
        const part = writable(info);
        const outcome = await registry.apply(kind, namespace, name!, part, configuration, how, requireCreate);
        return show(outcome.isNew ? 201 : 200, outcome.object);
      }
      const { type, patch } = await decodePatch(bytes, contentType);
      if (kind.custom && type === 'strategic') throw noStrategicPatch();
      return show(
        200,
        await registry.patch(
          kind,
          namespace,
          name!,
          writable(info),
          type,
          patch,
          await strictly(bytes, patch),
        ),
      );
    }
    case 'delete': {
      if (subresource) throw methodNotAllowed(kind, verb);
      const deleteOptions = deleteOptionsOf(await optional(await body(), request, info), query);
      const { object: last, removed } = await registry.delete(
        kind,
        namespace,
        name!,
        deleteOptions,
        dryRunToo(context, deleteOptions),
      );
      return removed && !isAnsweredWhole(kind) ? answer(200, deletedStatus(info, last)) : show(200, last);
    }
    case 'deletecollection': {
      const deleteOptions = deleteOptionsOf(await optional(await body(), request, info), query);
      const listQuery = listQueryOf(query, namespace);
      const deleted = await registry.deleteCollection(
        kind,
        listQuery,
        deleteOptions,
        dryRunToo(context, deleteOptions),
      );
      return answer(200, showListing(kind, deleted, shown()));
    }
  }
}

/** Which lists of a custom resource to merge, and by what, nobody has told. */
function noStrategicPatch(): Error {
  const accepted = 'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
  return new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
}

async function serveList(
  kind: Kind,
  page: Page,
  shown: Shown,
  warnings: readonly string[],
): Promise<ApiServerResponse> {
  const { format } = shown.representation;
  if (format !== 'protobuf')
    return {
      status: 200,
      headers: answerHeaders(`application/${format}`, warnings),
      body: await listBody(kind, page, shown),
    };
  const items = page.entries.map(({ value }) => served(kind, value as Resource));
  return objectAnswer(
    200,
    showListing(kind, { items, metadata: page.metadata }, shown),
    { format },
    warnings,
  );
}

const isForVersion = (object: unknown) =>
  Boolean((object as { metadata?: { resourceVersion?: string } } | null)?.metadata?.resourceVersion);

const isOfMany = (verb: RequestInfo['verb']) => verb === 'list' || verb === 'deletecollection';

const isStreamed = (subresource: string | undefined) =>
  subresource !== undefined && streamedSubresources.includes(subresource);

async function serveStream(
  { verb, kind, namespace, name, subresource }: RequestInfo,
  request: ApiServerRequest & { user: User },
  query: URLSearchParams,
  options: ServeOptions,
): Promise<ApiServerResponse> {
  const pod = options.registry.reader.get(kind, namespace, name!) as Pod;
  if (isStreamed(subresource)) return podStream(pod, subresource!, request, query, options);
  if (verb !== 'get') throw methodNotAllowed(kind, verb);
  return podLog(pod, query, { ...options, signal: request.signal });
}

async function serveProxy(
  { kind, namespace, name }: RequestInfo,
  request: ApiServerRequest,
  { registry, nodeStreams, clock }: ServeOptions,
): Promise<ApiServerResponse> {
  // Few ask for it, and nobody at the start.
  const { proxyRequest } = await import('../streams/proxy.ts');
  return proxyRequest(kind, namespace!, name!, request, { reader: registry.reader, nodeStreams, clock });
}

async function serveWatch(
  info: RequestInfo,
  { signal }: ApiServerRequest,
  query: URLSearchParams,
  shown: () => Shown,
  { format }: Representation,
  { registry, clock, shared, attributes, warnings }: ServeOptions,
): Promise<ApiServerResponse> {
  const { kind, namespace } = info;
  if (format === 'yaml') throw notAcceptable(acceptedOfWatches);
  const seconds = Math.min(wholeNumber(query, 'timeoutSeconds') ?? 0, watchSecondsMax);
  const sendInitialEvents = query.get('sendInitialEvents');
  const { limit: _limit, continue: _continue, ...wanted } = listQueryOf(query, namespace);
  const allowWatchBookmarks = isTrue(query.get('allowWatchBookmarks'));
  const initial = sendInitialEvents === null ? {} : { sendInitialEvents: isTrue(sendInitialEvents) };
  const stream = await registry.reader.watch(kind, { ...wanted, allowWatchBookmarks, ...initial }, signal);
  const stillAllowed = () => registry.authorizer.require(attributes);
  if (seconds > 0) {
    const timer = clock.after(seconds * 1000, () => stream.end());
    stream.onEnd(() => timer.cancel());
  }
  const form = format === 'protobuf' ? await protobufEvents(kind, shown) : jsonEvents(kind, shown, shared);
  return {
    status: 200,
    headers: answerHeaders(form.contentType, warnings),
    body: watchBody(stream, form, stillAllowed),
  };
}

async function protobufEvents(kind: Kind, shown: () => Shown): Promise<WatchEvents> {
  const protobuf = await import('./protobuf/watch-events.ts');
  return protobuf.protobufEvents(kind, shown);
}

/** Which subresource a PUT or PATCH goes to. */
function writable(info: RequestInfo): Subresource | undefined {
  const { subresource, kind, verb } = info;
  if (subresource === undefined) return undefined;
  if (subresource === 'status' || subresource === 'scale' || subresource === 'approval') return subresource;
  if (isPodPart(subresource)) return subresource;
  if (subresource === 'finalize' && verb === 'update') return subresource;
  throw methodNotAllowed(kind, verb);
}

const asSubresource = ({ subresource }: RequestInfo) => subresource as Subresource;

async function optional(body: Buffer, request: ApiServerRequest, info: RequestInfo): Promise<unknown> {
  return body.length > 0 ? decodeBody(body, request, expectedBody(info)) : undefined;
}

function dryRunToo(context: WriteContext, { dryRun = [] }: { dryRun?: string[] }): WriteContext {
  return isDryRun(dryRun) ? { ...context, dryRun: true } : context;
}

function deletedStatus({ kind }: RequestInfo, { metadata }: Resource): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadata!.name!,
      ...(kind.group && { group: kind.group }),
      kind: kind.plural,
      uid: metadata!.uid!,
    },
  };
}
