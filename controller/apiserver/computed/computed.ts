import { notFound } from '../../../api/errors.ts';
import { computedKinds, type Kind } from '../../../api/kinds.ts';
import type { Clock } from '../../../process/clock.ts';
import { negotiate } from '../http/accept.ts';
import { objectAnswer } from '../http/answers.ts';
import type { ApiServerRequest, ApiServerResponse } from '../http/exchange.ts';
import { includeObjectOf, listQueryOf } from '../http/query.ts';
import { showListing, showObject } from '../http/represent.ts';
import type { RequestInfo } from '../http/request-info.ts';
import type { Resource } from '../resources/metadata.ts';
import type { Listing, ListQuery, Reader } from '../resources/reader.ts';
import { apiServices } from './api-services.ts';
import { nodeMetrics, podMetrics } from './metrics.ts';
import type { Usage } from './usage.ts';

/** Objects of a kind that are worked out when they are asked for. */
export interface Computed {
  list(query: ListQuery): Promise<Listing>;
  /** @throws ApiError (not found) */
  get(namespace: string | undefined, name: string): Resource;
}

export function isComputed({ kind }: Pick<RequestInfo, 'kind'>): boolean {
  return computedKinds.includes(kind);
}

function computedOf(kind: Kind, reader: Reader, usage: Usage, kinds: readonly Kind[]): Computed {
  switch (kind.kind) {
    case 'NodeMetrics':
      return nodeMetrics(reader, usage);
    case 'PodMetrics':
      return podMetrics(reader, usage);
    case 'APIService':
      return apiServices(reader, kinds);
    default:
      throw notFound(kind, '');
  }
}

/** Reads what lies in no store. */
export async function serveComputed(
  { kind, verb, namespace, name }: RequestInfo,
  { headers }: ApiServerRequest,
  query: URLSearchParams,
  parts: { reader: Reader; usage: Usage; kinds: readonly Kind[]; clock: Clock },
): Promise<ApiServerResponse> {
  const { reader, usage, kinds, clock } = parts;
  const isList = verb === 'list';
  const representation = negotiate(headers['accept'], { of: isList ? 'list' : 'object', isCustom: true });
  const shown = { representation, includeObject: includeObjectOf(query), now: clock.date() };
  const computed = computedOf(kind, reader, usage, kinds);
  const value = isList
    ? showListing(kind, await computed.list(listQueryOf(query, namespace)), shown)
    : showObject(kind, computed.get(namespace, name!), shown);
  return objectAnswer(200, value, representation);
}
