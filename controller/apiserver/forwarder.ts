import { join } from 'node:path';
import { ApiError, forbidden, tooManyRequests, unauthorized, unavailable } from '../../api/errors.ts';
import { linkAuthority, type SessionTransport } from '../../client/session-transport.ts';
import type { Clock } from '../../process/clock.ts';
import { Authenticator } from './auth/authenticator.ts';
import { keptToken, Tokens } from './auth/tokens.ts';
import { jsonAnswer } from './http/answers.ts';
import { readBody } from './http/body.ts';
import type { ApiServerRequest, ApiServerResponse, Upgrade } from './http/exchange.ts';
import { carryUpgrade } from './streams/carried-upgrade.ts';
import { joinStreams } from './streams/join.ts';
import { lifeOf } from './streams/life.ts';
import { servingCertificate } from './tls/serving-certificate.ts';
import { tlsListener, type TlsListener } from './tls-listener.ts';
import { ownerHeader, type User } from './users.ts';

/** Whoever bears the forwarder's token; who that is on the other side, the controller says. */
const bearer: User = { name: 'kith-forwarder', groups: [] };

/** Answers that say their length are handed on whole: 5,000 pods are some 20 MiB. */
const answerBytesMax = 96 * 1024 * 1024;

const forwarded = /^(accept|content-type|user-agent|if-none-match|audit-id|impersonate-.*)$/;
const answered = new Set([
  'content-type',
  'cache-control',
  'etag',
  'vary',
  'warning',
  'retry-after',
  'www-authenticate',
  'audit-id',
  // Of apps, behind `proxy`.
  'location',
  'content-encoding',
  'content-security-policy',
]);

/** Where a forwarder keeps its certificate and the token of its kubeconfig. */
export const forwarderFiles = (folder: string) => ({
  ca: join(folder, 'tls', 'ca.pem'),
  token: join(folder, 'token'),
});

/**
 * What is under way at once, of the 128 streams that the machine's link has: what the machine itself says to the controller, above
 * all that it lives, must always find room.
 */
export const forwardedMax = 96;

/**
 * The API on the loopback of a machine that joined: TLS with a token of its own, each request handed on over the machine's link to
 * the controller, as the person who owns the machine. What streams streams, and what leaves HTTP (exec) is carried as it is.
 */
export async function startForwarder(options: {
  transport: SessionTransport;
  /** The forwarder's own. */
  folder: string;
  port: number;
  clock: Clock;
}): Promise<TlsListener> {
  const { transport, folder, port, clock } = options;
  const certificate = await servingCertificate(join(folder, 'tls'), clock);
  const tokens = new Tokens().add(await keptToken(forwarderFiles(folder).token), bearer);
  let underWay = 0;
  const handle = async (request: ApiServerRequest): Promise<ApiServerResponse> => {
    let isStreaming = false;
    const leave = () => void underWay--;
    underWay++;
    try {
      if (request.refusal) throw forbidden('Node', '', request.refusal);
      if (!request.user) throw unauthorized();
      if (underWay > forwardedMax)
        throw tooManyRequests(`${forwardedMax} requests go through this machine already; try again later`);
      const answer = await (request.upgrade
        ? carry(request, request.upgrade, transport)
        : forward(request, transport, clock));
      isStreaming = !Buffer.isBuffer(answer.body);
      if (isStreaming) afterwards(request.signal, leave);
      return answer;
    } catch (error) {
      return refused(error);
    } finally {
      if (!isStreaming) leave();
    }
  };
  return tlsListener({
    apiServer: { handle, authenticator: new Authenticator([]) },
    certificate,
    tokens,
    port,
    clock,
  });
}

/** Hands on a connection that leaves HTTP, byte for byte: what the controller answers is in what comes back. */
async function carry(
  { signal }: ApiServerRequest,
  upgrade: Upgrade,
  { session }: SessionTransport,
): Promise<ApiServerResponse> {
  if (!session) throw away('there is no link to it');
  const { socket, head } = upgrade;
  const inside = await carryUpgrade(session, upgrade, {
    authority: linkAuthority,
    headers: { [ownerHeader]: 'true' },
    signal,
  }).catch((error: Error) => {
    throw away(error.message);
  });
  if (head.length > 0) socket.unshift(head);
  const over = joinStreams(socket, inside).catch(() => void socket.destroy());
  return { status: 101, headers: {}, body: lifeOf(over) };
}

function away(why: string): ApiError {
  return unavailable(`the controller cannot be reached from here at the moment: ${why}`, 1);
}

async function forward(
  request: ApiServerRequest,
  transport: SessionTransport,
  clock: Clock,
): Promise<ApiServerResponse> {
  const headers: Record<string, string> = { [ownerHeader]: 'true' };
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && forwarded.test(name)) headers[name] = value;
  const body = await readBody(request, clock);
  const isHead = request.method === 'HEAD';
  const answer = await transport
    .request({
      method: (isHead ? 'GET' : request.method) as 'GET',
      path: request.path,
      headers,
      ...(body.length > 0 && { body }),
      signal: request.signal,
    })
    .catch((error: Error) => {
      throw away(error.message);
    });
  const kept = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => answered.has(name)));
  const isStream = answer.headers['content-length'] === undefined;
  const stream = answer.body as AsyncIterable<Buffer>;
  return { status: answer.status, headers: kept, body: isStream && !isHead ? stream : await whole(stream) };
}

/** An answer that says how long it is, in one piece. */
async function whole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > answerBytesMax)
      throw unavailable(`an answer of more than ${answerBytesMax} bytes is not forwarded`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refused(error: unknown): ApiServerResponse {
  const { status } =
    error instanceof ApiError ? error : unavailable(`the answer broke off: ${(error as Error).message}`, 1);
  return jsonAnswer(status.code, status);
}

/** A caller that has gone already tells nobody any more. */
function afterwards(signal: AbortSignal, leave: () => void): void {
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
}
