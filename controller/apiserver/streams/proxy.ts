import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ApiError, noSuchResource, unavailable } from '../../../api/errors.ts';
import { kindNamed, type Kind } from '../../../api/kinds.ts';
import type { EndpointSlice } from '../../../api/types.ts';
import { within } from '../../../process/bounded.ts';
import type { Clock } from '../../../process/clock.ts';
import { hopByHopHeaders, request as httpRequest } from '../../../process/http.ts';
import { textAnswer } from '../http/answers.ts';
import type { ApiServerRequest, ApiServerResponse } from '../http/exchange.ts';
import { proxiedPath, type ProxiedPath } from '../http/proxied-path.ts';
import type { Reader } from '../resources/reader.ts';
import { ownerHeader } from '../users.ts';
import { nodeOf, openNodeStream, podPath, type NodeStreams } from './node-stream.ts';
import { proxyTarget, type TargetReader } from './proxy-target.ts';

export interface ProxyOptions {
  reader: Reader;
  nodeStreams: NodeStreams;
  clock: Clock;
}

const serviceNameLabel = 'kubernetes.io/service-name';
/** How long an app may think before it answers; what it then sends may take as long as it likes. */
const answerMsMax = 60_000;
/** Who asks is for us to know: an app must not be able to ask in the caller's name. */
const notForApps = /^(:.*|authorization|impersonate-.*|x-forwarded-.*|forwarded|expect)$/;
/** An app says nothing for this API. */
const notForCallers = /^access-control-allow-/;
/** What an app sends may be shown by a browser at an address where this API is served: it is no page of ours. */
const sandboxed = 'sandbox allow-scripts allow-forms';
const withBody = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Hands a request to `pods/<id>/proxy/…` or `services/<id>/proxy/…` on to the app, through the port-forward of the pod's host, and
 * its answer back as it comes. As in Kubernetes the path stands in `X-Forwarded-Uri`, and a `Location` leads back through here.
 *
 * Source: k8s.io/apimachinery/pkg/util/proxy
 *
 * @param id `web`, `web:8080` or `http:web:8080`
 * @throws ApiError
 */
export async function proxyRequest(
  kind: Kind,
  namespace: string,
  id: string,
  request: ApiServerRequest,
  { reader, nodeStreams, clock }: ProxyOptions,
): Promise<ApiServerResponse> {
  const mark = request.path.indexOf('?');
  const query = mark < 0 ? '' : request.path.slice(mark);
  const asked = proxiedPath(mark < 0 ? request.path : request.path.slice(0, mark));
  if (!asked) throw noSuchResource();
  if (request.upgrade)
    throw new ApiError(
      501,
      'NotImplemented',
      `${kind.plural}/proxy carries requests, and no WebSockets: use kubectl port-forward for them`,
    );
  const { pod, port } = await proxyTarget(kind, id, targetReader(reader, namespace, nodeStreams));
  nodeOf(pod, nodeStreams, 'try again');
  // Else a page's relative links would lead to its neighbours.
  if (asked.rest === '') return { ...textAnswer(301, ''), headers: { location: `${asked.base}/${query}` } };
  try {
    const path = podPath(pod, 'portForward', new URLSearchParams({ port: String(port) }));
    const tunnel = await openNodeStream(pod, path, { nodeStreams, clock, signal: request.signal });
    const answer = await answerOf(tunnel, `${asked.rest}${query}`, asked, request, clock);
    return {
      status: answer.statusCode!,
      headers: callersHeaders(answer, asked, hostOf(request)),
      body: answer,
    };
  } catch (error) {
    throw unavailable(`error trying to reach service: ${(error as Error).message}`);
  }
}

/** The head of the app's answer, its body still to come; without one in time the tunnel is closed. */
async function answerOf(
  tunnel: Duplex,
  path: string,
  asked: ProxiedPath,
  { method, headers, body, signal }: ApiServerRequest,
  clock: Clock,
): Promise<IncomingMessage> {
  const outgoing = httpRequest({
    createConnection: () => tunnel,
    method,
    path,
    headers: appsHeaders(headers, method, asked),
    setHost: false,
  });
  const cut = () => void tunnel.destroy();
  signal.addEventListener('abort', cut, { once: true });
  tunnel.once('close', () => signal.removeEventListener('abort', cut));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    outgoing.once('close', () => reject(new Error('the app closed the connection without an answer')));
  });
  // A body that breaks off breaks the request off, and is heard there.
  if (body && hasBody(method, headers)) pipeline(body, outgoing).catch(cut);
  else outgoing.end();
  try {
    const answer = await within(
      clock,
      answerMsMax,
      answered,
      () => new Error(`the app gave no answer within ${answerMsMax / 1000} s`),
    );
    answer.once('close', cut);
    return answer;
  } catch (error) {
    cut();
    throw error;
  }
}

function hasBody(method: string, headers: ApiServerRequest['headers']): boolean {
  const isSaid = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return method !== 'HEAD' && (isSaid || withBody.has(method));
}

/** The framing is said anew: what the caller's connection said of itself is not true of this one. */
function appsHeaders(
  headers: ApiServerRequest['headers'],
  method: string,
  { base, rest }: ProxiedPath,
): OutgoingHttpHeaders {
  const own = Object.entries(headers).filter(
    ([name, value]) =>
      value !== undefined && !hopByHopHeaders.has(name) && !notForApps.test(name) && name !== ownerHeader,
  );
  return {
    ...Object.fromEntries(own),
    host: hostOf({ headers }),
    ...(hasBody(method, headers) &&
      headers['content-length'] === undefined && { 'transfer-encoding': 'chunked' }),
    'x-forwarded-uri': `${base}${rest}`,
    connection: 'close',
  };
}

function callersHeaders(
  { headers }: IncomingMessage,
  { base }: ProxiedPath,
  host: string,
): ApiServerResponse['headers'] {
  const own = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && !hopByHopHeaders.has(name) && !notForCallers.test(name),
  ) as [string, string | string[]][];
  const { location } = headers;
  const policy = headers['content-security-policy'];
  return {
    ...Object.fromEntries(own),
    ...(location !== undefined && { location: throughHere(location, base, host) }),
    'content-security-policy': policy === undefined ? sandboxed : `${policy}, ${sandboxed}`,
  };
}

/** A `Location` of the app's own, as it is reached through here; others stay. */
function throughHere(location: string, base: string, host: string): string {
  const [, named, path] = /^(?:https?:)?\/\/([^/?#]*)(.*)$/i.exec(location) ?? [];
  if (named !== undefined && named !== host) return location;
  const own = path ?? location;
  if (named === undefined && !own.startsWith('/')) return location;
  return own.startsWith(`${base}/`) ? own : `${base}/${own.replace(/^\//, '')}`;
}

function hostOf({ headers }: Pick<ApiServerRequest, 'headers'>): string {
  return headers['host'] ?? headers[':authority'] ?? 'kith';
}

function targetReader(reader: Reader, namespace: string, nodeStreams: NodeStreams): TargetReader {
  const slices = kindNamed('EndpointSlice');
  return {
    get: (kind, name) => reader.get(kindNamed(kind), namespace, name),
    find: (kind, name) => reader.find(kindNamed(kind), namespace, name),
    slices: async (service) =>
      (await reader.list(slices, { namespace, labelSelector: `${serviceNameLabel}=${service}` }))
        .items as EndpointSlice[],
    isReachable: (pod) => {
      const session = nodeStreams(pod.spec?.nodeName ?? '');
      return session !== undefined && !session.closed && !session.destroyed;
    },
  };
}
