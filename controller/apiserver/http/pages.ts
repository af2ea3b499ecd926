import { noSuchMethod, noSuchResource } from '../../../api/errors.ts';
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
import type { ApiServerRequest, ApiServerResponse } from './exchange.ts';
import type { OpenApiPages } from './openapi.ts';

const discoveryType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** What the server says of itself: version, discovery, OpenAPI. Undefined where the path is none of these. */
export async function serverPage(
  { method, headers }: Pick<ApiServerRequest, 'method' | 'headers'>,
  path: string,
  query: URLSearchParams,
  kinds: KindSet,
  openApi: OpenApiPages,
): Promise<ApiServerResponse | undefined> {
  const { accept, 'if-none-match': ifNoneMatch } = headers;
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
      if (second === 'v2' && third === undefined) return openApi.swagger(kinds, { accept, ifNoneMatch });
      if (second !== 'v3') return undefined;
      if (third === undefined) return openApi.index(kinds);
      return openApi.document(kinds, [third, ...more].join('/'), query.get('hash'), { accept, ifNoneMatch });
    default:
      return undefined;
  }
}

async function page(
  value: object | undefined,
  accept: string | undefined,
): Promise<ApiServerResponse | undefined> {
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
