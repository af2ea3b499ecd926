import { noSuchMethod, noSuchResource, notAcceptable } from '../../../api/errors.ts';
import type { KindSet } from '../../../api/kinds.ts';
import { negotiate } from './accept.ts';
import { jsonAnswer, objectAnswer } from './answers.ts';
import {
  aggregatedDiscovery,
  coreVersions,
  groupDocument,
  groupList,
  resourceList,
  versionInfo,
} from './discovery.ts';
import type { ApiServerResponse } from './exchange.ts';
import { openApiDocument, openApiIndex, openApiV2Json, openApiV2Protobuf } from './openapi.ts';

const discoveryType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const openApiV2Type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** What the server says of itself: version, discovery, OpenAPI. Undefined where the path is none of these. */
export async function serverPage(
  method: string,
  path: string,
  accept: string | undefined,
  kinds: KindSet,
): Promise<ApiServerResponse | undefined> {
  const [, first = '', second, third, ...more] = path.replace(/\/$/, '').split('/');
  if (method !== 'GET' && method !== 'HEAD') {
    if (['api', 'apis', 'version', 'openapi'].includes(first)) throw noSuchMethod();
    return undefined;
  }
  if (more.length > 0 && first !== 'openapi') return undefined;
  switch (first) {
    case '':
      return jsonAnswer(200, { paths: servedPaths(kinds) });
    case 'version':
      return jsonAnswer(200, versionInfo);
    case 'api':
      if (third !== undefined) return undefined;
      if (second !== undefined && second !== 'v1') throw noSuchResource();
      if (second !== undefined) return page(resourceList(kinds, '', second), accept);
      return wantsAggregated(accept) ? aggregated(kinds, true) : page(coreVersions(), accept);
    case 'apis':
      if (third !== undefined && groupDocument(kinds, second!) && !resourceList(kinds, second!, third))
        throw noSuchResource();
      if (third !== undefined) return page(resourceList(kinds, second!, third), accept);
      if (second !== undefined) return page(groupDocument(kinds, second), accept);
      return wantsAggregated(accept) ? aggregated(kinds, false) : page(groupList(kinds), accept);
    case 'openapi':
      if (second === 'v2') return openApiV2(accept ?? '');
      if (second !== 'v3') return undefined;
      return page(
        third === undefined ? openApiIndex(kinds) : await openApiDocument(kinds, [third, ...more].join('/')),
      );
    default:
      return undefined;
  }
}

async function page(value: object | undefined, accept?: string): Promise<ApiServerResponse | undefined> {
  return value && objectAnswer(200, value, negotiate(accept, { of: 'discovery' }));
}

/** What may be asked for, for people who look around. */
function servedPaths(kinds: KindSet): string[] {
  const versions = kinds
    .all()
    .flatMap(({ group, version }) =>
      group ? [`/apis/${group}`, `/apis/${group}/${version}`] : [`/api/${version}`],
    );
  const others = [
    '/api',
    '/apis',
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/readyz',
    '/version',
  ];
  return [...new Set([...versions, ...others])].sort();
}

function wantsAggregated(accept: string | undefined): boolean {
  return negotiate(accept, { of: 'discovery' }).as === 'discovery';
}

function aggregated(kinds: KindSet, isCore: boolean): ApiServerResponse {
  return jsonAnswer(200, aggregatedDiscovery(kinds, isCore), discoveryType);
}

function openApiV2(accept: string): ApiServerResponse {
  if (/proto-openapi\.spec\.v2/.test(accept))
    return { status: 200, headers: { 'content-type': openApiV2Type }, body: openApiV2Protobuf() };
  if (accept === '' || /json|\*/.test(accept)) return jsonAnswer(200, openApiV2Json);
  throw notAcceptable([openApiV2Type, 'application/json']);
}
